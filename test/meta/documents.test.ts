import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Paths from the root that a document names in backquotes, but for those with a place to fill in. */
const pathsIn = (document: string): string[] =>
  [...readFileSync(join(ROOT, document), 'utf8').matchAll(/`([a-z][\w-]*\/[\w./-]+)`/g)].map((match) => match[1]!);

describe('ARCHITECTURE.md', () => {
  test('names only what is there', () => {
    const paths = pathsIn('ARCHITECTURE.md');
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

const PACKAGES = /packages:\n((?:\s+- .*\n)+)/.exec(readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8'))![1]!;

test.each([...PACKAGES.matchAll(/- ['"]?([\w-]+)/g)].map((match) => match[1]!))('%s has a README', (name) => {
  const title = readFileSync(join(ROOT, name, 'README.md'), 'utf8').split('\n')[0];
  expect(title).toBe(`# @kubarium/${name}`);
});
