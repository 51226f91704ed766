import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');

it('ends as it would where nobody reads its output', async () => {
  // `true` is gone long before anything is printed.
  const script = '{ "$0" "$1" version; echo "exit code $?" >&2; } | true';
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script, process.execPath, MAIN]);
  expect([stdout, stderr]).toEqual(['', 'exit code 0\n']);
});
