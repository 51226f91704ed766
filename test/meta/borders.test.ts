import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Which packages of the workspace each may import. Parts know only `shared`; `cluster` knows all parts. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  shared: [],
  apiserver: ['shared'],
  scheduler: ['shared'],
  controllers: ['shared'],
  kubelet: ['shared'],
  network: ['shared'],
  proxy: ['shared'],
  dns: ['shared'],
  cluster: ['shared', 'apiserver', 'scheduler', 'controllers', 'kubelet', 'network', 'proxy', 'dns'],
  cli: ['shared', 'cluster'],
};

/** Inside the API server imports go down only. */
const FLOORS = ['endpoints', 'admission', 'registry', 'storage'];

/** Libraries that one place alone may know. */
const ONLY_IN: Record<string, RegExp> = {
  'better-sqlite3': /^apiserver\/src\/storage\//,
  fastify: /^apiserver\/src\/(endpoints\/|server\.ts)/,
  commander: /^cli\/src\//,
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const imports: readonly Import[] = Object.keys(MAY_IMPORT).flatMap((name) =>
  globSync(`${name}/src/**/*.ts`, { cwd: ROOT })
    .filter((file) => !file.endsWith('.test.ts') && !file.includes('/testing/'))
    .flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => ({
        file,
        specifier: match[1]!,
      })),
    ),
);

describe('the borders between packages', () => {
  test('are looked at in every package', () => {
    for (const name of Object.keys(MAY_IMPORT))
      expect(imports.some(({ file }) => file.startsWith(`${name}/`))).toBe(true);
    expect(imports.length).toBeGreaterThan(300);
  });

  test('are crossed only along the arrows', () => {
    const wrong = imports.filter(({ file, specifier }) => {
      const to = /^@kubarium\/([^/]+)/.exec(specifier)?.[1];
      return to !== undefined && !MAY_IMPORT[file.split('/')[0]!]!.includes(to);
    });
    expect(wrong).toEqual([]);
  });

  test('are never crossed by a relative path', () => {
    const wrong = imports.filter(
      ({ file, specifier }) =>
        specifier.startsWith('.') && normalize(join(dirname(file), specifier)).split('/')[0] !== file.split('/')[0],
    );
    expect(wrong).toEqual([]);
  });

  test('inside the API server are crossed downwards only', () => {
    const floorOf = (path: string): number => FLOORS.indexOf(/^apiserver\/src\/([^/]+)\//.exec(path)?.[1] ?? '');
    const wrong = imports.filter(({ file, specifier }) => {
      if (!specifier.startsWith('.')) return false;
      const [from, to] = [floorOf(file), floorOf(normalize(join(dirname(file), specifier)))];
      // Admission and registry are one floor: a plugin may read the registry, which calls the chain.
      return from !== -1 && to !== -1 && to < from && !(FLOORS[from] === 'registry' && FLOORS[to] === 'admission');
    });
    expect(wrong).toEqual([]);
  });

  test.each(Object.entries(ONLY_IN))('keep %s in its place', (library, place) => {
    const users = imports.filter(({ specifier }) => specifier === library).map(({ file }) => relative('.', file));
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((file) => !place.test(file))).toEqual([]);
  });
});
