import { spawn } from 'node:child_process';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { openSqliteStorage } from './sqlite-storage.ts';
import { noteCodec } from './testing/note.ts';

const WRITER = join(import.meta.dirname, 'testing', 'crash-writer.ts');
const WRITES_A_TURN = 5;

/** Lets a writer write until it has acknowledged `count` keys, kills it, and returns all that it has acknowledged. */
async function writeUntilKilled(path: string, first: number, count: number): Promise<string[]> {
  const writer = spawn(process.execPath, [WRITER, path, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: string[] = [];
  for await (const key of createInterface({ input: writer.stdout })) {
    if (acknowledged.push(key) === count) writer.kill('SIGKILL');
  }
  return acknowledged;
}

it('loses no acknowledged write, and no half of a turn, to kill -9', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'kubarium-crash-'));
  const path = join(folder.path, 'state.db');
  const acknowledged: string[] = [];
  let first = 0;
  for (let round = 0; round < 3; round++) {
    acknowledged.push(...(await writeUntilKilled(path, first, 40 + 17 * round)));
    await using storage = openSqliteStorage({ path, codec: noteCodec });
    expect(acknowledged.filter((key) => storage.get(key)?.value.text !== key)).toEqual([]);
    expect(storage.count('p/') % WRITES_A_TURN).toBe(0);
    expect(storage.revision).toBe(storage.count('p/'));
    first = storage.count('p/');
  }
  expect(acknowledged.length).toBeGreaterThan(150);
});
