import type { ApiObject, PatchType } from '@kubarium/shared';
import { StatusError } from '@kubarium/shared';
import { expect, test } from 'vitest';
import { appliedDraft } from '../registry/apply/applied-draft.ts';
import { applyPatch } from '../registry/patch/apply-patch.ts';
import { resourceTable } from '../registry/resource-table.ts';
import { decodeTarget } from '../registry/schema/kind-check.ts';
import { unifiedDiff } from '../registry/validation/unified-diff.ts';
import { testRegistry } from '../registry/testing/test-registry.ts';
import { decodeObject } from './decode-object.ts';
import { decodePatch } from './decode-patch.ts';
import { rewriteHtml } from './streaming/proxy-rewrite.ts';

/**
 * Bodies within the allowed three megabytes whose work once grew with the square of their size, or without bound: each would keep the one
 * thread for minutes, and for ever. That they end is what is tested.
 */

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const keys = (count: number, prefix = 'k'): Record<string, string> =>
  Object.fromEntries(many(count, (i) => [`${prefix}${i}`, '']));

const targets = { ConfigMap: decodeTarget('', 'v1', 'ConfigMap')!, Pod: decodeTarget('', 'v1', 'Pod')! };

/** What becomes of a body: the message of the refusal, or nothing. */
function refusal(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return error.message;
  }
}

const decoded = (body: string, type: 'json' | 'yaml' = 'json', kind: keyof typeof targets = 'ConfigMap') =>
  refusal(() => decodeObject(targets[kind], Buffer.from(body), `application/${type}`, { fieldValidation: 'Warn' }));

const podWithCpu = (cpu: string): string =>
  JSON.stringify({
    kind: 'Pod',
    apiVersion: 'v1',
    spec: { containers: [{ name: 'a', image: 'a', resources: { limits: { cpu } } }] },
  });

test.each([
  ['digits and something else', `${'1'.repeat(200_000)}!`],
  ['digits, a point, digits and something else', `1.${'1'.repeat(200_000)}!`],
  ['a number with millions of zeros', `1${'0'.repeat(200_000)}e0`],
])('a quantity of %s is refused', (_, cpu) => {
  expect(decoded(podWithCpu(cpu), 'json', 'Pod')).toContain('unable to parse numeric part of quantity');
});

test.each([
  ['thousands of aliases', `a: &a x\nb: [${'*a,'.repeat(5000)}]`, 'excessive alias'],
  [
    'an anchor and an alias each line',
    many(3000, (i) => `a${i}: &a${i} x\nb${i}: *a${i}\n`).join(''),
    'excessive alias',
  ],
  [
    'merges of merges',
    `a0: &a0 {k: v}\n${many(3000, (i) => `a${i + 1}: &a${i + 1}\n  <<: *a${i}\n  k${i}: v\n`).join('')}`,
    'excessive alias',
  ],
  ['brackets in brackets', `a: ${'['.repeat(3000)}${']'.repeat(3000)}`, 'max'],
  ['lists in lists', '- '.repeat(2000), 'max'],
  ['three megabytes of brackets', '['.repeat(3_000_000), 'max'],
  ['three megabytes of brackets that close nothing', ']'.repeat(3_000_000), 'send the body as json'],
  ['a million lists', `a: [${'[],'.repeat(1_000_000)}]`, 'send the body as json'],
  ['a million tags', `a: ${'!a '.repeat(1_000_000)}`, 'send the body as json'],
  ['a million empty lines', `a: b${'\n'.repeat(1_000_000)}`, 'send the body as json'],
])('YAML of %s is refused', (_, body, why) => {
  expect(decoded(body, 'yaml').toLowerCase()).toContain(why);
});

test('of thousands of flaws a hundred are told', () => {
  const body = JSON.stringify({ metadata: { name: 'a' }, ...keys(50_000) });
  const { warnings } = decodeObject(targets.ConfigMap, Buffer.from(body), 'application/json', {});
  expect(warnings).toHaveLength(100);
  const refused = refusal(() =>
    decodeObject(targets.ConfigMap, Buffer.from(body), 'application/json', { fieldValidation: 'Strict' }),
  );
  expect(refused.match(/unknown field/g)).toHaveLength(100);
});

test('what nests deeper than a thousand is refused in each format, and by each way to get there', () => {
  const fields = (depth: number): string => `${'{"f:a":'.repeat(depth)}{}${'}'.repeat(depth)}`;
  const body = (depth: number): string =>
    `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","managedFields":[{"fieldsV1":${fields(depth)}}]}}`;
  expect(decoded(body(900))).toBe('');
  expect(decoded(body(1100))).toContain('exceeded max depth');
  expect(decoded(body(1100), 'yaml')).toContain('exceeded max depth');
  const parts = many(3, (i) => ({
    op: 'add',
    path: `/metadata${`/x`.repeat(900 * i)}`,
    value: JSON.parse(deepMap(900)),
  }));
  expect(patched({ data: {} }, parts, 'application/json-patch+json')).toContain('rejected');
});

const deepMap = (depth: number): string => `${'{"x":'.repeat(depth)}{}${'}'.repeat(depth)}`;

function patched(current: object, patch: unknown, type: PatchType): string {
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' }, ...current } as unknown as ApiObject;
  return refusal(() => {
    const read = decodePatch(Buffer.from(JSON.stringify(patch)), type);
    return applyPatch(targets.ConfigMap, object, { fieldValidation: 'Warn', ...read });
  });
}

test('thousands of operations of a JSON patch on one large object cost what they change', () => {
  const operations = many(10_000, (i) => ({ op: 'add', path: `/data/n${i}`, value: '' }));
  expect(patched({ data: keys(20_000) }, operations, 'application/json-patch+json')).toBe('');
});

test('copies of copies are refused', () => {
  const operations = [
    { op: 'add', path: '/data/b', value: {} },
    ...many(60, (i) => ({ op: 'copy', from: '/data', path: `/data/c${i}` })),
  ];
  expect(patched({ data: { a: 'x' } }, operations, 'application/json-patch+json')).toContain('rejected');
});

test('a copy within a JSON patch is one of its own', () => {
  const labels = { metadata: { name: 'a', labels: { a: '1' } } } as unknown as Partial<ApiObject>;
  const object = { kind: 'ConfigMap', apiVersion: 'v1', ...labels } as ApiObject;
  const { draft } = applyPatch(targets.ConfigMap, object, {
    type: 'application/json-patch+json',
    fieldValidation: 'Warn',
    patch: [
      { op: 'add', path: '/metadata/labels/b', value: '2' },
      { op: 'copy', from: '/metadata/labels', path: '/metadata/annotations' },
      { op: 'add', path: '/metadata/labels/c', value: '3' },
      { op: 'replace', path: '/metadata/annotations/a', value: '4' },
    ],
  });
  expect(draft.metadata.labels).toEqual({ a: '1', b: '2', c: '3' });
  expect(draft.metadata.annotations).toEqual({ a: '4', b: '2' });
  expect(object.metadata.labels).toEqual({ a: '1' });
});

test('long lists of a strategic merge patch cost what they are long', () => {
  const type = 'application/strategic-merge-patch+json';
  const finalizers = { metadata: { name: 'a', finalizers: many(30_000, (i) => `a.b/c${i}`) } };
  const others = many(30_000, (i) => `a.b/d${i}`);
  expect(patched(finalizers, { metadata: { '$deleteFromPrimitiveList/finalizers': others } }, type)).toBe('');
  expect(patched(finalizers, { metadata: { finalizers: others } }, type)).toBe('');
  const retained = Object.keys(keys(20_000, 'z'));
  expect(patched({ data: keys(20_000) }, { data: { $retainKeys: retained } }, type)).toBe('');
  const owner = (uid: string): object => ({ apiVersion: 'v1', kind: 'Node', name: 'n', uid });
  const owners = { metadata: { name: 'a', ownerReferences: many(15_000, (i) => owner(`u${i}`)) } };
  const more = many(15_000, (i) => owner(`v${i}`));
  expect(patched(owners, { metadata: { ownerReferences: more } }, type)).toBe('');
  const deleted = many(15_000, (i) => ({ uid: `u${i}`, $patch: 'delete' }));
  expect(patched(owners, { metadata: { ownerReferences: deleted } }, type)).toBe('');
});

test('what a server-side apply gives up costs what it is', async () => {
  const { context } = await testRegistry();
  const { runtime } = context;
  const definition = resourceTable({ runtime, tokenIssuer: { issue: () => '' } as never }).find(
    ({ kind }) => kind === 'ConfigMap',
  )!;
  const apply = (current: ApiObject | undefined, data: object): ApiObject =>
    appliedDraft(definition, current, {
      type: 'application/apply-patch+yaml',
      patch: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' }, data },
      fieldManager: 'me',
      fieldValidation: 'Warn',
      context,
    }).draft;
  const before = apply(undefined, keys(8000));
  expect(apply(before, { k1: '', z: '' })).toMatchObject({ data: { k1: '', z: '' } });
});

test('two long objects are compared without a table of all their lines', () => {
  const diff = unifiedDiff(
    many(20_000, (i) => `a${i}`),
    many(20_000, (i) => `b${i}`),
  );
  expect(diff.split('\n')).toHaveLength(40_000 + 4);
});

test('a page of tags without end is rewritten once through', () => {
  const site = { host: 'a', pathPrefix: '/p' };
  expect(rewriteHtml(`${'<a '.repeat(100_000)}<a href="/x">`, site, 'b')).toMatch(/<a href="\/p\/x">$/);
});
