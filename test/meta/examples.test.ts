import { globSync, mkdirSync, mkdtempDisposableSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../support/run-program.ts';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'examples/README.md'), 'utf8');
const blocks = [...README.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);

test.each(globSync('examples/*.test.ts', { cwd: ROOT }))('the README of the examples shows %s as it is run', (file) => {
  expect(blocks).toContain(readFileSync(join(ROOT, file), 'utf8'));
});

test('the README of the examples shows nothing that is not run', () => {
  expect(blocks).toHaveLength(globSync('examples/*.test.ts', { cwd: ROOT }).length);
});

test('the program in the README of the examples runs outside of the workspace', async () => {
  const [, code] = /```js\n(.*?)```/s.exec(README)!;
  using folder = mkdtempDisposableSync(join(tmpdir(), 'kubarium-outside-'));
  // As `npm install PATH` does.
  mkdirSync(join(folder.path, 'node_modules'));
  symlinkSync(ROOT, join(folder.path, 'node_modules/kubarium'));
  writeFileSync(join(folder.path, 'program.mjs'), code!);
  const { stdout, stderr } = await runProgram(process.execPath, ['program.mjs'], { cwd: folder.path, env: {} });
  expect({ stdout, stderr }).toEqual({ stdout: 'Hello from web!\n2026-01-01T01\n', stderr: '' });
}, 300_000);
