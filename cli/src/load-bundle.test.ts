import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const COMMAND_FLAGS = readFileSync(join(ROOT, 'kubarium'), 'utf8').match(/--[\w-]+=\d+/g)!;

/** What a module prints that is the whole program of a process. */
const printed = (module: string, flags: readonly string[] = []): string =>
  execFileSync(process.execPath, [...flags, '--input-type=module', '-e', module], { cwd: ROOT, encoding: 'utf8' });

test.each([
  ['the flags of the command', COMMAND_FLAGS],
  ['no flags', []],
])('the set-up has compiled the bundle for a process with %s', (_, flags) => {
  const load = `
    import { readFileSync } from 'node:fs';
    import { bundleScript, compiledBundle } from './cli/src/load-bundle.js';
    console.log(bundleScript(readFileSync(compiledBundle())).cachedDataRejected);`;
  expect(printed(load, flags)).toBe('false\n');
});

test('the bundle exports what the sources do', () => {
  const names = (path: string): string => printed(`console.log(Object.keys(await import('${path}')).sort().join())`);
  expect(names('./cli/dist/index.js')).toBe(names('./cluster/src/index.ts'));
});
