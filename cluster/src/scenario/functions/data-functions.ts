import { parseAllDocuments, type Tags } from 'yaml';
import { pure, surrounded, type FunctionTable } from './scenario-function.ts';
import { decodeMetrics } from './metrics-text.ts';
import { randomText } from './random-text.ts';
import { isInRange } from './semver-range.ts';

/** Functions over lists and maps, that read formats, and that ask for more than their arguments. */
export const DATA_FUNCTIONS: FunctionTable = {
  at: pure(['array', 'number'], (list, index) => {
    const item = Math.trunc(index);
    if (item >= 0 && item < list.length) return list[item];
    throw new Error(`there is no item ${item} in a list of ${list.length}; lookup() gives null for that`);
  }),
  env: pure(['string'], (name) => process.env[name] ?? ''),
  items: pure(['object|array', 'string?', 'string?'], itemsOf),
  json_parse: pure(['string'], parseJson),
  lookup: pure(['object|array', 'string|number'], lookup),
  object_from_lists: pure(['array', 'array'], (keys, values) =>
    Object.fromEntries(keys.map((key, index) => [keyOf(key), values[index] ?? null])),
  ),
  parse_json: pure(['string'], parseJson),
  parse_yaml: pure(['string'], parseYaml),
  random: surrounded(['string'], ({ random }, pattern) => randomText(pattern, random)),
  semver_compare: pure(['string', 'string'], isInRange),
  to_boolean: pure(['string'], (text) => {
    const lower = text.toLowerCase();
    if (lower === 'true' || lower === 'false') return lower === 'true';
    throw new Error(`${JSON.stringify(text)} is neither 'true' nor 'false'`);
  }),
  x_metrics_decode: surrounded(['string'], (surroundings, text) => decodeMetrics(text, surroundings.now())),
};

type Collection = Readonly<Record<string, unknown>> | readonly unknown[];

const isList = (value: Collection): value is readonly unknown[] => Array.isArray(value);

/** With the names of both, maps of key and value, by key; without, JMESPath's pairs. */
function itemsOf(from: Collection, keyName?: string, valueName?: string): unknown {
  const entries: [string | number, unknown][] = isList(from)
    ? from.map((value, index) => [index, value])
    : Object.entries(from);
  if (keyName === undefined) return entries;
  if (valueName === undefined) throw new Error('it takes the name of the key and that of the value, or neither');
  const ordered = isList(from) ? entries : entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return ordered.map(([key, value]) => ({ [keyName]: key, [valueName]: value }));
}

function lookup(from: Collection, key: string | number): unknown {
  if (isList(from)) {
    if (typeof key === 'number' && Number.isInteger(key)) return from[key] ?? null;
    throw new Error(`an item of a list is looked up by a whole number, not by ${JSON.stringify(key)}`);
  }
  if (typeof key === 'string') return Object.hasOwn(from, key) ? from[key] : null;
  throw new Error(`a value of a map is looked up by a text, not by ${key}`);
}

function keyOf(key: unknown): string {
  if (typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean') return String(key);
  throw new Error(`${JSON.stringify(key)} cannot be a key: give texts`);
}

function parseJson(text: string): unknown {
  return JSON.parse(text);
}

/** As the YAML 1.1 of Kubernetes' own tools: `yes` is true, dates and `1:30` are texts. The first document counts. */
function parseYaml(text: string): unknown {
  const [document] = parseAllDocuments(text, { version: '1.1', uniqueKeys: false, customTags: withoutTimes });
  if (document === undefined) return null;
  const [error] = document.errors;
  if (error !== undefined) throw new Error(error.message);
  const bytesAsText = (_: unknown, value: unknown): unknown =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value;
  return document.toJS({ reviver: bytesAsText });
}

const withoutTimes = (tags: Tags): Tags =>
  tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      (tag.tag !== 'tag:yaml.org,2002:timestamp' && !('format' in tag && tag.format === 'TIME')),
  );
