import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, silentLogger, VirtualClock } from '@kubarium/shared';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, expect, it } from 'vitest';
import { Compactor } from './compactor.ts';
import { openSqliteStorage } from './sqlite-storage.ts';
import { isStorageError } from './storage-error.ts';
import { noteCodec } from './testing/note.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubarium-bounded-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KEEP = 300;
const KEYS = 40;
const ROUNDS = 30;
const ROUND_WRITES = 400;
/** As many writes are one transaction. */
const TURN_WRITES = 100;

/** How many rows there are, by a copy: the file itself is locked. */
function rowsIn(path: string): number {
  using database = { at: new SqliteDatabase(path, { readonly: true }), [Symbol.dispose]: () => database.at.close() };
  return database.at.prepare('SELECT count(*) FROM log').pluck().get() as number;
}

it('keeps rows, file and write-ahead log bounded under load, with watchers and lists of the past', async () => {
  const path = join(folder, 'load.db');
  const clock = new VirtualClock();
  const runtime = { clock, random: seededRandom(1), logger: silentLogger };
  const sizes: { file: number; log: number }[] = [];
  {
    await using storage = openSqliteStorage({ path, codec: noteCodec });
    await using compactor = new Compactor(storage, runtime, { keepRevisions: KEEP });
    await compactor.start();
    let told = 0;
    for (let round = 0; round < ROUNDS; round++) {
      using _ = storage.watch('p/', Math.max(storage.compactedRevision, storage.revision - 50), (batch) => {
        told += batch.length;
      });
      for (let i = 0; i < ROUND_WRITES; i++) {
        const key = `p/${i % KEYS}`;
        const text = `${round}-${i}`.padEnd(1000, 'x');
        if (i % 7 === 0) void storage.delete(key).catch(() => undefined);
        else
          void storage
            .update(key, () => ({ text }))
            .catch(() => storage.create(key, { text }))
            .catch(() => undefined);
        if (i % TURN_WRITES > 0) continue;
        await new Promise((resolve) => setImmediate(resolve));
        storage.list('p/', { revision: Math.max(storage.compactedRevision, storage.revision - 30) });
      }
      clock.advance(10_000);
      sizes.push({ file: statSync(path).size, log: statSync(`${path}-wal`).size });
    }
    expect(told).toBeGreaterThan(ROUNDS * ROUND_WRITES * 0.7);
    expect(storage.revision - storage.compactedRevision).toBeLessThanOrEqual(KEEP);
  }
  // What is current, what is kept, and what is not swept yet.
  expect(rowsIn(path)).toBeLessThan(KEYS + KEEP + ROUND_WRITES);
  const largest = (of: 'file' | 'log', from: number, to: number): number =>
    Math.max(...sizes.slice(from, to).map((size) => size[of]));
  expect(largest('file', 10, ROUNDS)).toBeLessThanOrEqual(largest('file', 0, 10) * 1.2);
  expect(largest('log', 0, ROUNDS)).toBeLessThanOrEqual(4 * 1024 * 1024);
});

it('makes room again where the store is full', async () => {
  const clock = new VirtualClock();
  const runtime = { clock, random: seededRandom(1), logger: silentLogger };
  await using storage = openSqliteStorage({ path: join(folder, 'full.db'), codec: noteCodec, maxBytes: 256 * 1024 });
  await using compactor = new Compactor(storage, runtime, { keepRevisions: 10 });
  await compactor.start();
  await storage.create('p/a', { text: '' });
  const fill = async (): Promise<number> => {
    for (let written = 0; ; written++) {
      try {
        await storage.update('p/a', () => ({ text: `${written}`.padEnd(8000, 'x') }));
      } catch (error) {
        if (!isStorageError(error, 'unwritable')) throw error;
        return written;
      }
    }
  };
  for (let round = 0; round < 3; round++) {
    expect(await fill()).toBeGreaterThan(5);
    clock.advance(20_000);
  }
});
