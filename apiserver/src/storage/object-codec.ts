import type { ApiObject, ObjectMeta } from '@kubarium/shared';
import type { Codec } from './storage.ts';
import { isTooLargeToStore } from './stored-size.ts';

/**
 * API objects as JSON. `metadata.resourceVersion` is the revision; fields come in the order of the real server, `kind` and
 * `apiVersion` first.
 */
export const objectCodec: Codec<ApiObject> = {
  encode(object, revision) {
    const value = inOrder(object, String(revision));
    return { text: JSON.stringify(value), value };
  },
  decode: (text) => JSON.parse(text) as ApiObject,
  isTooLarge: ({ text, value }) => isTooLargeToStore(text, value),
  // Most events are written, told to a watcher or two as text, and never looked at.
  isSeldomRead: (key) => key.startsWith('events/'),
};

/** The JSON of an object that is not stored (a dry run's answer has no revision of its own). */
export const objectText = (object: ApiObject, resourceVersion?: string): string =>
  JSON.stringify(inOrder(object, resourceVersion));

/** The fields of metadata before and after `resourceVersion`. */
const BEFORE = ['name', 'generateName', 'namespace', 'uid'] as const;
const AFTER = [
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

/** The object as a reader of its JSON sees it; shares with the one given what need not change. */
function inOrder({ kind, apiVersion, metadata, ...rest }: ApiObject, resourceVersion: string | undefined): ApiObject {
  const ordered: Record<string, unknown> = {};
  const add = (name: keyof ObjectMeta): void => {
    const value = metadata[name];
    if (value !== undefined) ordered[name] = plain(value);
  };
  BEFORE.forEach(add);
  if (resourceVersion !== undefined) ordered['resourceVersion'] = resourceVersion;
  AFTER.forEach(add);
  return { kind, apiVersion, metadata: ordered as unknown as ObjectMeta, ...(plain(rest) as object) };
}

/** A value as it comes back from JSON: itself, or a copy where something in it (a member that is undefined) does not. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return plainArray(value);
  // Something that writes itself its own way, such as a Quantity.
  if (Object.getPrototypeOf(value) !== Object.prototype) return JSON.parse(JSON.stringify(value));
  return plainObject(value as Record<string, unknown>);
}

function plainArray(elements: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (const [index, element] of elements.entries()) {
    const kept = element === undefined ? null : plain(element);
    if (kept !== element) (copy ??= [...elements])[index] = kept;
  }
  return copy ?? elements;
}

function plainObject(members: Record<string, unknown>): object {
  let changed: Map<string, unknown> | undefined;
  for (const name in members) {
    const member = members[name];
    const kept = plain(member);
    if (kept === undefined || kept !== member) (changed ??= new Map()).set(name, kept);
  }
  if (changed === undefined) return members;
  const entries = Object.entries(members).map(([name, member]) => [name, changed.get(name) ?? member] as const);
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined));
}
