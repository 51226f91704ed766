import { seededRandom, silentLogger, VirtualClock } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { Compactor } from './compactor.ts';
import { openSqliteStorage } from './sqlite-storage.ts';
import { noteCodec } from './testing/note.ts';

const setUp = () => {
  const clock = new VirtualClock();
  const storage = openSqliteStorage({ path: ':memory:', codec: noteCodec });
  const write = (count: number): void => {
    for (let i = 0; i < count; i++) void storage.create(`p/${storage.revision}-${i}`, { text: '' });
    storage.flush();
  };
  return { clock, storage, write, runtime: { clock, random: seededRandom(1), logger: silentLogger } };
};

it('keeps the last revisions', async () => {
  const { clock, storage, write, runtime } = setUp();
  await using compactor = new Compactor(storage, runtime, { keepRevisions: 100 });
  await compactor.start();
  write(150);
  clock.advance(20_000);
  expect(storage.compactedRevision).toBe(50);
  write(1000);
  clock.advance(20_000);
  expect(storage.compactedRevision).toBe(1050);
});

it('keeps the last minutes', async () => {
  const { clock, storage, write, runtime } = setUp();
  await using compactor = new Compactor(storage, runtime, { keepMs: 60_000 });
  await compactor.start();
  write(10);
  clock.advance(30_000);
  write(10);
  clock.advance(40_000);
  expect(storage.compactedRevision).toBe(10);
  clock.advance(60_000);
  expect(storage.compactedRevision).toBe(20);
});

it('goes on after an error', async () => {
  const { clock, storage, write, runtime } = setUp();
  let broken = true;
  const flaky = {
    get revision() {
      return storage.revision;
    },
    get compactedRevision() {
      return storage.compactedRevision;
    },
    compact: (revision: number) => storage.compact(revision),
    sweep() {
      if (broken) throw new Error('disk full');
      return storage.sweep();
    },
  };
  await using compactor = new Compactor(flaky, runtime, { keepRevisions: 10 });
  await compactor.start();
  write(100);
  clock.advance(30_000);
  broken = false;
  write(100);
  clock.advance(30_000);
  expect(storage.compactedRevision).toBe(190);
  expect(storage.sweep()).toBe(false);
});
