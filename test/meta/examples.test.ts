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

/** What a program prints that lies outside of the workspace, where `npm install PATH` has made the package known. */
async function printed(code: string): Promise<object> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'kubarium-outside-'));
  mkdirSync(join(folder.path, 'node_modules'));
  symlinkSync(ROOT, join(folder.path, 'node_modules/kubarium'));
  writeFileSync(join(folder.path, 'program.mjs'), code);
  const { stdout, stderr } = await runProgram(process.execPath, ['program.mjs'], { cwd: folder.path, env: {} });
  return { stdout, stderr };
}

test('the program in the README of the examples runs outside of the workspace', async () => {
  const [, code] = /```js\n(.*?)```/s.exec(README)!;
  expect(await printed(code!)).toEqual({ stdout: 'Hello from web!\n2026-01-01T01\n', stderr: '' });
}, 300_000);

test('so does one in real time, which nothing but what it awaits keeps alive, and one that disposes of nothing ends', async () => {
  const code = `import { createCluster } from 'kubarium';
const cluster = await createCluster({ clock: 'real', nodes: 1 });
await cluster.apply('{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: app, image: busybox, command: [sleep, 1d]}]}}');
await cluster.pod('web').ready();
console.log((await cluster.pod('web').exec('echo hello')).stdout);`;
  expect(await printed(code)).toEqual({ stdout: 'hello\n\n', stderr: '' });
}, 300_000);
