import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import type { LogStorage } from './log-storage.ts';
import { openSqliteStorage } from './sqlite-storage.ts';
import { noteCodec } from './testing/note.ts';
import type { Note } from './testing/note.ts';
import { storageContract } from './testing/storage-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubarium-storage-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const freshPath = (): string => join(folder, `${++files}`, 'state.db');

const open = (path: string, maxBytes?: number): LogStorage<Note> =>
  openSqliteStorage({ path, codec: noteCodec, maxBytes });

storageContract('SQLite in memory', () => open(':memory:'));
storageContract('SQLite on a file', () => open(freshPath()));
storageContract('SQLite on a file, of values that are seldom read', () =>
  openSqliteStorage({ path: freshPath(), codec: { ...noteCodec, isSeldomRead: () => true } }),
);

const textsIn = (storage: LogStorage<Note>): string[] =>
  storage.list('p/').items.map(({ key, value }) => `${key} ${value.text}`);

describe('what is read', () => {
  const readTwice = async (isSeldomRead: boolean) => {
    await using storage = openSqliteStorage({
      path: ':memory:',
      codec: { ...noteCodec, isSeldomRead: () => isSeldomRead },
    });
    await storage.create('a/x', { text: '1' });
    return [storage.get('a/x'), storage.get('a/x')] as const;
  };

  it('is the same object for everybody, but for what is seldom read', async () => {
    const [one, two] = await readTwice(false);
    expect(one).toBe(two);
    expect(one!.value).toBe(two!.value);
    const [first, second] = await readTwice(true);
    expect(first).not.toBe(second);
    expect(first!.value).toEqual(second!.value);
  });
});

describe('a store on a file', () => {
  it('is the same after it was closed and opened again', async () => {
    const path = freshPath();
    {
      await using storage = open(path);
      await storage.create('p/a', { text: '1' });
      await storage.create('p/b', { text: '2' });
      await storage.update('p/a', () => ({ text: '3' }));
      await storage.delete('p/b');
    }
    await using storage = open(path);
    expect(textsIn(storage)).toEqual(['p/a 3']);
    expect(storage.revision).toBe(4);
    expect(storage.get('p/a')!.createRevision).toBe(1);
    expect((await storage.create('p/b', { text: '4' })).revision).toBe(5);
  });

  it('holds every acknowledged write when the process dies', async () => {
    const path = freshPath();
    await using storage = open(path);
    const copied = freshPath();
    await using _ = open(copied);
    for (let round = 0; round < 20; round++) {
      await Promise.all(['a', 'b', 'c'].map((key) => storage.create(`p/${round}-${key}`, { text: key })));
      // What the disk holds this moment is what a process would find that starts after a crash.
      const crashed = join(folder, `crash-${round}.db`);
      copyFileSync(path, crashed);
      if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${crashed}-wal`);
      await using recovered = open(crashed);
      expect(recovered.revision).toBe(storage.revision);
      expect(textsIn(recovered)).toEqual(textsIn(storage));
    }
  });

  it('shows all of a commit or nothing of it, wherever the log was cut off', async () => {
    const path = freshPath();
    await using storage = open(path);
    for (let round = 0; round < 5; round++) {
      await Promise.all(['a', 'b', 'c'].map((key) => storage.create(`p/${round}-${key}`, { text: key.repeat(200) })));
    }
    const size = readFileSync(`${path}-wal`).length;
    const found = new Set<number>();
    for (let step = 0; step <= 20; step++) {
      const cut = Math.floor((size * step) / 20);
      const crashed = join(folder, `cut-${cut}.db`);
      copyFileSync(path, crashed);
      copyFileSync(`${path}-wal`, `${crashed}-wal`);
      truncateSync(`${crashed}-wal`, cut);
      await using recovered = open(crashed);
      expect(recovered.revision % 3).toBe(0);
      expect(recovered.count('p/')).toBe(recovered.revision);
      found.add(recovered.revision);
    }
    expect([...found]).toEqual([0, 3, 6, 9, 12, 15]);
  });

  it('keeps its revision counter when the last write was a delete that has been compacted', async () => {
    const path = freshPath();
    {
      await using storage = open(path);
      await storage.create('p/a', { text: '1' });
      await storage.delete('p/a');
      storage.compact(2);
      expect(storage.sweep()).toBe(false);
    }
    await using storage = open(path);
    expect(storage.revision).toBe(2);
    expect(storage.compactedRevision).toBe(2);
    expect((await storage.create('p/a', { text: '2' })).revision).toBe(3);
  });

  it('frees in small steps what compaction allows, and only that', async () => {
    const path = freshPath();
    {
      await using storage = open(path);
      await storage.create('p/a', { text: '0' });
      for (let revision = 2; revision <= 1200; revision++) {
        void storage.update('p/a', () => ({ text: `${revision}` }));
        void storage.create(`q/${revision}`, { text: '' });
        void storage.delete(`q/${revision}`);
      }
      storage.flush();
      storage.compact(storage.revision - 10);
      let steps = 1;
      while (storage.sweep()) steps++;
      expect(steps).toBe(Math.ceil((storage.revision - 10) / 500));
      expect(storage.list('p/', { revision: storage.revision - 10 }).items).toHaveLength(1);
    }
    const database = new SqliteDatabase(path);
    // The current value, the one current at the compacted revision, and the history since.
    expect(database.prepare('SELECT count(*) FROM log').pluck().get()).toBeLessThanOrEqual(12);
    database.close();
  });

  it('is locked against a second opening', async () => {
    const path = freshPath();
    await using _ = open(path);
    expect(() => open(path)).toThrow(
      expect.objectContaining({
        name: 'StorageOpenError',
        code: 'in-use',
        message: expect.stringContaining('another process'),
      }) as Error,
    );
  });
});

describe('a file that is not to be used', () => {
  const tamper = async (change: (database: InstanceType<typeof SqliteDatabase>) => void): Promise<string> => {
    const path = freshPath();
    {
      await using storage = open(path);
      for (let i = 0; i < 50; i++) await storage.create(`p/${i}`, { text: 'x'.repeat(500) });
    }
    const database = new SqliteDatabase(path);
    change(database);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    return path;
  };
  const rows: [string, () => Promise<string>, string, string][] = [
    [
      'of a newer format',
      () => tamper((database) => database.pragma('user_version = 99')),
      'newer-format',
      'written by a newer version',
    ],
    [
      'of another program',
      () => tamper((database) => database.pragma('application_id = 1')),
      'corrupt',
      'the database of another program',
    ],
    ['without its table', () => tamper((database) => database.exec('DROP TABLE log')), 'corrupt', 'no such table'],
    [
      'with a changed value',
      () =>
        tamper((database) => database.exec(`UPDATE log SET value = replace(value, 'xxx', 'xxy') WHERE revision = 7`)),
      'corrupt',
      'the value of p/6 at revision 7 is damaged',
    ],
    [
      'that is no database',
      async () => {
        const path = join(folder, 'text.db');
        writeFileSync(path, 'hello '.repeat(100));
        return path;
      },
      'corrupt',
      'not an SQLite database',
    ],
    [
      'cut off in its header',
      async () => {
        const path = await tamper(() => undefined);
        truncateSync(path, 60);
        return path;
      },
      'corrupt',
      'cut off',
    ],
    [
      'cut off further on',
      async () => {
        const path = await tamper(() => undefined);
        truncateSync(path, 8192);
        return path;
      },
      'corrupt',
      'malformed',
    ],
  ];
  it.each(rows)('%s is refused and left as it is', async (_, make, code, message) => {
    const path = await make();
    const before = readFileSync(path);
    expect(() => open(path)).toThrow(
      expect.objectContaining({ name: 'StorageOpenError', code, message: expect.stringContaining(message) }) as Error,
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('damaged, with the log that a crash has left, is refused and left as it is', async () => {
    const path = freshPath();
    await using storage = open(path);
    for (let i = 0; i < 200; i++) await storage.create(`p/${i}`, { text: 'x'.repeat(300) });
    storage.compact(1);
    while (storage.sweep());
    await storage.create('p/last', { text: '' });
    const crashed = join(folder, 'damaged.db');
    copyFileSync(`${path}-wal`, `${crashed}-wal`);
    writeFileSync(crashed, readFileSync(path).fill(0xff, 10 * 4096, 10 * 4096 + 100));
    const files = () =>
      [crashed, `${crashed}-wal`, `${crashed}-shm`].map((file) => existsSync(file) && readFileSync(file));
    const before = files();
    expect(() => open(crashed)).toThrow(expect.objectContaining({ code: 'corrupt' }) as Error);
    expect(files()).toEqual(before);
  });

  it('in a place that cannot be is refused', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => open(join(file, 'state.db'))).toThrow(expect.objectContaining({ code: 'inaccessible' }) as Error);
  });
});

describe('a full disk', () => {
  it('fails all writes of the turn, keeps reading, and takes writes again when there is room', async () => {
    await using storage = open(freshPath(), 128 * 1024);
    const changes: string[] = [];
    storage.watch('p/', 0, (batch) => changes.push(...batch.map(({ current }) => current.key)));
    await storage.create('p/small', { text: '1' });
    const outcomes = await Promise.allSettled([
      storage.create('p/x', { text: 'x' }),
      storage.create('p/x', { text: 'a second x' }),
      storage.create('p/big', { text: 'x'.repeat(500_000) }),
      storage.update('p/small', ({ value }) => value),
      storage.update('p/small', () => ({ text: '2' })),
    ]);
    expect(
      outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : 'done')),
    ).toEqual(['unwritable', 'unwritable', 'unwritable', 'done', 'unwritable']);
    expect(storage.revision).toBe(1);
    expect(textsIn(storage)).toEqual(['p/small 1']);
    expect((await storage.create('p/y', { text: 'y' })).revision).toBe(2);
    expect(changes).toEqual(['p/small', 'p/y']);
  });
});
