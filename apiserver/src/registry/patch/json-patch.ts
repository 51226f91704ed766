import { copyJson, deepEqual } from '@kubarium/shared';
import { memberOf, setMember } from '../json.ts';
import { isDeeperThan, MAX_DEPTH } from '../schema/depth.ts';

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

/** The most that all `copy` operations of a patch may add, as JSON: without a bound, sixty of them fill any memory. */
const MAX_COPIED_CHARACTERS = 3 * 1024 * 1024;

/**
 * A JSON patch (RFC 6902) applied to a value, by the leniences of the library behind the real server: `replace` also adds,
 * `copy` of what is absent and `add` without a value give null, negative indexes count from the end. Neither argument is
 * changed; the result may share parts with both. Throws JsonPatchError.
 */
export function jsonPatch(target: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const draft = new Draft(target);
  for (const operation of operations) draft.apply(operation);
  if (isDeeperThan(MAX_DEPTH, draft.document)) throw new JsonPatchError('exceeded max depth');
  return draft.document;
}

/** A document under change. A container is copied before its first change only: so a patch costs what it changes, not more an operation. */
class Draft {
  document: unknown;
  /** The containers that this draft has made itself; each has one place in it. */
  readonly #own = new WeakSet<object>();
  #copied = 0;

  constructor(document: unknown) {
    this.document = document;
  }

  apply({ op, path, from, value = null }: JsonPatchOperation): void {
    switch (op) {
      case 'add':
        return this.#change(path, (parent, key) => add(parent, key, value));
      case 'replace':
        return this.#change(path, (parent, key) => replace(parent, key, value));
      case 'remove':
        return this.#change(path, remove);
      case 'move': {
        const moved = read(this.document, from) ?? null;
        this.#change(from, remove);
        return this.#change(path, (parent, key) => add(parent, key, moved));
      }
      case 'copy': {
        const copied = read(this.document, from) ?? null;
        if (isDeeperThan(MAX_DEPTH, copied)) throw new JsonPatchError('exceeded max depth');
        this.#copied += JSON.stringify(copied).length;
        if (this.#copied > MAX_COPIED_CHARACTERS) throw new JsonPatchError('the copies are too large');
        return this.#change(path, (parent, key) => add(parent, key, copyJson(copied)));
      }
      case 'test':
        if (!deepEqual(read(this.document, path) ?? null, value))
          throw new JsonPatchError(`testing value ${String(path)} failed`);
        return;
      default:
        throw new JsonPatchError(`Unexpected kind: ${String(op)}`);
    }
  }

  /** Lets `revise` change the container at the end of the path. */
  #change(path: unknown, revise: (parent: OwnContainer, key: string) => void): void {
    const keys = pointer(path);
    const last = keys.pop()!;
    let parent = this.#owned(this.document, path);
    this.document = parent;
    for (const key of keys) {
      const child = this.#owned(member(parent, key), path);
      replace(parent, key, child);
      parent = child;
    }
    revise(parent, last);
  }

  #owned(container: unknown, path: unknown): OwnContainer {
    if (!isContainer(container)) throw new JsonPatchError(`missing container: ${String(path)}`);
    if (this.#own.has(container)) return container as OwnContainer;
    const copy = isList(container) ? [...container] : { ...container };
    this.#own.add(copy);
    return copy;
  }
}

type Container = readonly unknown[] | Readonly<Record<string, unknown>>;
type OwnContainer = unknown[] | Record<string, unknown>;

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
  return memberOf(container, key);
}

const isList = (container: Container): container is readonly unknown[] => Array.isArray(container);

function add(parent: OwnContainer, key: string, value: unknown): void {
  if (!Array.isArray(parent)) setMember(parent, key, value);
  else if (key === '-') parent.push(value);
  else parent.splice(index(key, parent.length + 1), 0, value);
}

function replace(parent: OwnContainer, key: string, value: unknown): void {
  if (Array.isArray(parent)) parent[existingIndex(parent, key)] = value;
  else setMember(parent, key, value);
}

function remove(parent: OwnContainer, key: string): void {
  if (Array.isArray(parent)) parent.splice(existingIndex(parent, key), 1);
  else if (Object.hasOwn(parent, key)) delete parent[key];
  else throw new JsonPatchError(`Unable to remove nonexistent key: ${key}`);
}

const existingIndex = (list: readonly unknown[], key: string): number => index(key, list.length);

function index(key: string, length: number): number {
  const number = /^[+-]?\d+$/.test(key) ? Number(key) : NaN;
  const at = number < 0 ? number + length : number;
  if (!(at >= 0 && at < length)) throw new JsonPatchError(`Unable to access invalid index: ${key}`);
  return at;
}
