import { deepEqual } from '@kubarium/shared';

/** One operation as the client sent it; nothing of it has been checked. */
export interface JsonPatchOperation {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly from?: unknown;
  readonly value?: unknown;
}

/** An operation that cannot be done. The real server tells no more than that. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError';
}

/**
 * A JSON patch (RFC 6902) applied to a value, by the leniences of the library behind the real server: `replace` also adds,
 * `copy` of what is absent and `add` without a value give null, negative indexes count from the end. Neither argument is
 * changed; the result may share parts with both. Throws JsonPatchError.
 */
export function jsonPatch(target: unknown, operations: readonly JsonPatchOperation[]): unknown {
  return operations.reduce<unknown>(apply, target);
}

function apply(document: unknown, { op, path, from, value = null }: JsonPatchOperation): unknown {
  switch (op) {
    case 'add':
      return change(document, path, (parent, key) => added(parent, key, value));
    case 'replace':
      return change(document, path, (parent, key) => replaced(parent, key, value));
    case 'remove':
      return change(document, path, removed);
    case 'move': {
      const moved = read(document, from);
      return change(change(document, from, removed), path, (parent, key) => added(parent, key, moved ?? null));
    }
    case 'copy': {
      const copied = read(document, from);
      return change(document, path, (parent, key) => added(parent, key, copied ?? null));
    }
    case 'test':
      if (!deepEqual(read(document, path) ?? null, value))
        throw new JsonPatchError(`testing value ${String(path)} failed`);
      return document;
    default:
      throw new JsonPatchError(`Unexpected kind: ${String(op)}`);
  }
}

type Container = readonly unknown[] | Readonly<Record<string, unknown>>;

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** The keys of a JSON pointer (RFC 6901); what stands before its first slash is not looked at. */
function pointer(path: unknown): string[] {
  if (typeof path !== 'string') throw new JsonPatchError('missing path');
  const keys = path.split('/').slice(1);
  if (keys.length === 0) throw new JsonPatchError(`the document itself cannot be the target: ${JSON.stringify(path)}`);
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(document: unknown, path: unknown): unknown {
  let value = document;
  for (const key of pointer(path)) {
    if (!isContainer(value)) throw new JsonPatchError(`missing container: ${String(path)}`);
    value = member(value, key);
  }
  return value;
}

function member(container: Container, key: string): unknown {
  if (isList(container)) return container[existingIndex(container, key)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

const isList = (container: Container): container is readonly unknown[] => Array.isArray(container);

/** The document with the container at the end of the path exchanged for what `revise` makes of it. */
function change(document: unknown, path: unknown, revise: (parent: Container, key: string) => Container): unknown {
  const descend = (value: unknown, [key, ...rest]: string[]): Container => {
    if (!isContainer(value)) throw new JsonPatchError(`missing container: ${String(path)}`);
    if (rest.length === 0) return revise(value, key!);
    return isList(value)
      ? value.with(existingIndex(value, key!), descend(member(value, key!), rest))
      : assigned(value, key!, descend(member(value, key!), rest));
  };
  return descend(document, pointer(path));
}

function added(parent: Container, key: string, value: unknown): Container {
  if (!isList(parent)) return assigned(parent, key, value);
  if (key === '-') return [...parent, value];
  return parent.toSpliced(index(key, parent.length + 1), 0, value);
}

const replaced = (parent: Container, key: string, value: unknown): Container =>
  isList(parent) ? parent.with(existingIndex(parent, key), value) : assigned(parent, key, value);

function removed(parent: Container, key: string): Container {
  if (isList(parent)) return parent.toSpliced(existingIndex(parent, key), 1);
  if (!Object.hasOwn(parent, key)) throw new JsonPatchError(`Unable to remove nonexistent key: ${key}`);
  const { [key]: _, ...rest } = parent;
  return rest;
}

/** As an own member, whatever the key is called. */
const assigned = (
  parent: Readonly<Record<string, unknown>>,
  key: string,
  value: unknown,
): Readonly<Record<string, unknown>> =>
  Object.defineProperty({ ...parent }, key, { value, enumerable: true, writable: true, configurable: true });

const existingIndex = (list: readonly unknown[], key: string): number => index(key, list.length);

function index(key: string, length: number): number {
  const number = /^[+-]?\d+$/.test(key) ? Number(key) : NaN;
  const at = number < 0 ? number + length : number;
  if (!(at >= 0 && at < length)) throw new JsonPatchError(`Unable to access invalid index: ${key}`);
  return at;
}
