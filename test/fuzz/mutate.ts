import type { Random } from '@kubarium/shared';
import type { Json, JsonObject } from './samples.ts';

const pick = <T>(random: Random, from: readonly T[]): T => from[random.integer(from.length)]!;

const deep = (depth: number): Json => (depth === 0 ? 'x' : [deep(depth - 1)]);

/** Values that have broken API servers, and values of every type. */
const VALUES: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  '',
  ' ',
  'sample',
  'a'.repeat(300),
  '-',
  '../..',
  'ü✓\u0000\uFFFF',
  '\uD800',
  '10.96.0.77',
  '999.1.1.1',
  '::1',
  '10.0.0.0/33',
  '1e9999',
  '100Mi',
  '-5m',
  '1E',
  '50%',
  '2026-01-01T00:00:00Z',
  '2026-13-99T99:99:99Z',
  'constructor',
  [],
  [null],
  [[]],
  ['sample', 'sample'],
  [{}],
  {},
  { '': '' },
  { name: 'sample' },
  { constructor: {}, toString: 1, hasOwnProperty: null },
  deep(100),
];

const KEYS = [
  '',
  'name',
  'spec',
  'status',
  'metadata',
  'kind',
  'apiVersion',
  '__proto__',
  'constructor',
  'toString',
  'f:metadata',
  '$patch',
  '$retainKeys',
  '$deleteFromPrimitiveList/finalizers',
  '$setElementOrder/containers',
  '$setElementOrder/ports',
  'finalizers',
  'managedFields',
  'ownerReferences',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'resourceVersion',
  'generateName',
  'labels',
  'a/b/c',
];

interface Spot {
  readonly parent: JsonObject | Json[];
  readonly key: string | number;
  readonly path: string;
}

function spots(value: Json, path = ''): Spot[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries: [string | number, Json][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, child]) => {
    const here = `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return [{ parent: value, key, path: here }, ...spots(child, here)];
  });
}

const at = ({ parent, key }: Spot): Json => (parent as Record<string | number, Json>)[key]!;

function put({ parent, key }: Spot, value: Json): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

/** A copy with one to four places changed. */
export function mutateJson(original: JsonObject, random: Random): JsonObject {
  const copy = structuredClone(original);
  for (let changes = 1 + random.integer(4); changes > 0; changes--) {
    const all = spots(copy);
    if (all.length === 0) return copy;
    const spot = pick(random, all);
    switch (random.integer(6)) {
      case 0:
        if (Array.isArray(spot.parent)) spot.parent.splice(Number(spot.key), 1);
        else delete spot.parent[spot.key];
        break;
      case 1:
        put(spot, structuredClone(at(pick(random, all))));
        break;
      case 2:
        if (Array.isArray(spot.parent)) spot.parent.push(structuredClone(at(spot)));
        else put({ ...spot, key: pick(random, KEYS) }, structuredClone(pick(random, VALUES)));
        break;
      default:
        put(spot, structuredClone(pick(random, VALUES)));
    }
  }
  return copy;
}

/** A part of an object, down to one field: what a merge patch is. */
export function partOf(original: JsonObject, random: Random): JsonObject {
  const entries = Object.entries(original).filter(() => random.integer(2) === 0);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      typeof value === 'object' && value !== null && !Array.isArray(value) ? partOf(value, random) : value,
    ]),
  );
}

/** Operations on places of an object, most of which exist. */
export function jsonPatchOf(original: JsonObject, random: Random): Json {
  const all = spots(original);
  const place = (): string =>
    pick(random, [...all.map(({ path }) => path), '', '/', '/-', '/spec/-', '/metadata/x', 'x', '/~2']);
  return Array.from({ length: 1 + random.integer(4) }, () => ({
    op: pick(random, ['add', 'remove', 'replace', 'move', 'copy', 'test', 'none', '']),
    path: place(),
    ...(random.integer(2) === 0 ? { from: place() } : {}),
    ...(random.integer(5) === 0 ? {} : { value: pick(random, VALUES) }),
  }));
}

/** Bytes with some flipped, cut off, repeated or put in. */
export function mutateBytes(original: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(original);
  for (let changes = 1 + random.integer(3); changes > 0; changes--) {
    const where = random.integer(bytes.length + 1);
    switch (random.integer(4)) {
      case 0:
        if (where < bytes.length) bytes[where] = random.integer(256);
        break;
      case 1:
        bytes = bytes.subarray(0, where);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, where), bytes.subarray(where, where + 20), bytes.subarray(where)]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, where), Buffer.from([random.integer(256)]), bytes.subarray(where)]);
    }
  }
  return bytes;
}

const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  watch: ['true', 'false', '1', 'x', ''],
  timeoutSeconds: ['0', '1', '-1', '99999999999999999999', 'x'],
  resourceVersion: ['0', '1', '', '-1', '99999999', '1e3', 'x', '18446744073709551616'],
  resourceVersionMatch: ['Exact', 'NotOlderThan', 'x', ''],
  labelSelector: ['a=b', 'a!=b', 'a in (b,c)', '!a', 'a in (', ',', '=', 'a=b=c', 'x'.repeat(400), 'ü'],
  fieldSelector: [
    'metadata.name=sample',
    'spec.nodeName=',
    'status.phase!=Running',
    'x=y',
    'metadata.name',
    '\\',
    'a=b\\',
  ],
  limit: ['1', '0', '-1', '99999999999999999999', 'x'],
  continue: ['x', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ', '', '%00', '{}'],
  sendInitialEvents: ['true', 'false', 'x'],
  allowWatchBookmarks: ['true', 'x'],
  dryRun: ['All', 'x', ''],
  fieldValidation: ['Strict', 'Warn', 'Ignore', 'x'],
  fieldManager: ['me', '', 'x'.repeat(200), 'ü\n'],
  force: ['true', 'false', 'x'],
  gracePeriodSeconds: ['0', '1', '-1', 'x', '99999999999999999999'],
  propagationPolicy: ['Orphan', 'Background', 'Foreground', 'x'],
  orphanDependents: ['true', 'x'],
  pretty: ['true', '1', 'x'],
  container: ['app', 'c', '', 'x'],
  command: ['ls', 'echo', '', '/'],
  stdin: ['true', 'x'],
  stdout: ['true'],
  stderr: ['true'],
  tty: ['true'],
  tailLines: ['1', '-1', 'x'],
  sinceSeconds: ['1', '0', 'x'],
  sinceTime: ['2026-01-01T00:00:00Z', 'x'],
  limitBytes: ['1', '-1'],
  previous: ['true', 'x'],
  timestamps: ['true'],
  follow: ['true'],
  ports: ['80', 'x', '99999'],
  path: ['/', '..', 'x'],
  as: ['Table', 'x'],
  includeObject: ['None', 'Metadata', 'Object', 'x'],
  '': ['x'],
  __proto__: ['x'],
};

/** Up to three parameters; names that exist, values that may not. */
export function queryOf(random: Random): string {
  const names = Object.keys(PARAMETERS);
  const parameters = new URLSearchParams();
  for (let count = Math.max(0, random.integer(7) - 3); count > 0; count--) {
    const name = pick(random, names);
    parameters.append(name, pick(random, PARAMETERS[name]!));
  }
  const text = parameters.toString();
  return random.integer(30) === 0 ? `${text}&%zz=%&=&&` : text;
}

const SEGMENTS = [
  '',
  '.',
  '..',
  '%00',
  '%2F',
  '%2e%2e',
  'sample',
  'x'.repeat(300),
  '%ff',
  'ü',
  'status',
  'proxy',
  '-',
  '%20',
  ';',
  '*',
];

/** A path with a segment changed, left out or put in. */
export function mutatePath(path: string, random: Random): string {
  const segments = path.split('/');
  const where = 1 + random.integer(segments.length);
  const kind = random.integer(3);
  if (kind === 0) segments.splice(where, 1);
  else segments.splice(where, kind === 1 ? 1 : 0, pick(random, SEGMENTS));
  return encodeURI(segments.join('/')).replaceAll('%25', '%');
}
