import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import { openSqliteStorage } from './sqlite-storage.ts';
import { FORMAT_VERSION, MIGRATIONS } from './sqlite-schema.ts';
import { noteCodec } from './testing/note.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kubarium-migrate-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A database as version 0.1 of Kubarium wrote it. These lines never change, whatever becomes of the format. */
function formatOne(): string {
  const path = join(folder, 'one.db');
  const database = new SqliteDatabase(path);
  database.exec(`
    CREATE TABLE log (revision INTEGER PRIMARY KEY, key TEXT NOT NULL, created INTEGER NOT NULL, previous INTEGER NOT NULL,
      deleted INTEGER NOT NULL, checksum INTEGER NOT NULL, value TEXT NOT NULL) STRICT;
    CREATE UNIQUE INDEX log_by_key ON log (key, previous);
    CREATE TABLE progress (compacted INTEGER NOT NULL, swept INTEGER NOT NULL) STRICT;
    INSERT INTO progress VALUES (0, 0);
    PRAGMA application_id = 0x6b75626d; PRAGMA user_version = 1;`);
  const insert = database.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?)');
  const row = (
    revision: number,
    key: string,
    created: number,
    previous: number,
    deleted: number,
    text: string,
  ): void => {
    const value = noteCodec.encode({ text }, revision).text;
    insert.run(revision, key, created, previous, deleted, crc32(value), value);
  };
  row(1, 'p/a', 1, 0, 0, 'first');
  row(2, 'p/b', 2, 0, 0, 'gone');
  row(3, 'p/a', 1, 1, 0, 'second');
  row(4, 'p/b', 2, 2, 1, 'gone');
  database.close();
  return path;
}

it('opens what the first format holds, history and all, in the newest format', async () => {
  const path = formatOne();
  {
    await using storage = openSqliteStorage({ path, codec: noteCodec });
    expect(storage.revision).toBe(4);
    expect(storage.list('p/').items.map(({ key, value }) => `${key} ${value.text}`)).toEqual(['p/a second']);
    expect(storage.list('p/', { revision: 2 }).items.map(({ value }) => value.text)).toEqual(['first', 'gone']);
    expect((await storage.create('p/c', { text: 'new' })).revision).toBe(5);
  }
  const database = new SqliteDatabase(path);
  expect(database.pragma('user_version', { simple: true })).toBe(FORMAT_VERSION);
  database.close();
});

it('knows a migration from each older format', () => {
  expect(FORMAT_VERSION).toBe(MIGRATIONS.length + 1);
});

it('runs the steps that a database has not seen, in order, once', () => {
  const database = new SqliteDatabase(formatOne());
  const steps = [
    'ALTER TABLE progress ADD COLUMN note TEXT',
    (one: typeof database) => void one.exec(`UPDATE progress SET note = 'moved'`),
  ];
  migrate(database, steps.slice(0, 1));
  migrate(database, steps);
  migrate(database, steps);
  expect(database.pragma('user_version', { simple: true })).toBe(3);
  expect(database.prepare('SELECT note FROM progress').pluck().get()).toBe('moved');
  database.close();
});

it('leaves the old format where a step fails', () => {
  const database = new SqliteDatabase(formatOne());
  const steps = ['ALTER TABLE progress ADD COLUMN note TEXT', 'ALTER TABLE absent ADD COLUMN x TEXT'];
  expect(() => migrate(database, steps)).toThrow('no such table: absent');
  expect(database.pragma('user_version', { simple: true })).toBe(1);
  expect(database.prepare('SELECT * FROM progress').all()).toEqual([{ compacted: 0, swept: 0 }]);
  database.close();
});
