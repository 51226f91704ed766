import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '@kubarium/shared';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { FieldError, Strategy } from '../strategy.ts';
import { forbidden, invalid, invalidEach, quoted, required, tooLong } from './field-error.ts';
import { immutableErrors, nonNegativeErrors } from './immutable.ts';
import { labelsErrors } from './labels.ts';
import { dnsLabelErrors, dnsSubdomainErrors, qualifiedNameErrors } from './names.ts';

const ANNOTATIONS_BYTES = 256 * 1024;

/**
 * What is wrong with an object's metadata: by itself where `old` is undefined, else with its change. The name follows the
 * strategy's `nameErrors`, a DNS subdomain by default.
 * Simplified: the real server judges the metadata of an update several times, and so tells a cause as often.
 */
export const validateObjectMeta = (meta: ObjectMeta, old: ObjectMeta | undefined, definition: Named): FieldError[] =>
  old === undefined ? createErrors(meta, definition) : updateErrors(meta, old, definition);

type Named = Pick<ResourceDefinition, 'namespaced' | 'strategy'>;

function createErrors(meta: ObjectMeta, { namespaced, strategy }: Named): FieldError[] {
  const errors = strategy.checksGenerateName === 'never' ? [] : generateNameErrors(meta, strategy);
  if (!meta.name) errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...invalidEach('metadata.name', meta.name, nameErrors(meta.name, strategy)));
  errors.push(...namespaceErrors(meta, namespaced));
  return [
    ...errors,
    ...nonNegativeErrors(meta.generation, 'metadata.generation'),
    ...commonErrors(meta),
    ...unqualifiedFinalizerErrors(meta, strategy),
  ];
}

function updateErrors(meta: ObjectMeta, old: ObjectMeta, { strategy }: Named): FieldError[] {
  const errors = commonErrors(meta);
  if (old.deletionTimestamp) {
    const before = new Set(old.finalizers);
    const added = (meta.finalizers ?? []).filter((name) => !before.has(name)).toSorted();
    if (added.length > 0) {
      const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map(quoted).join(', ')}}`;
      errors.push(forbidden('metadata.finalizers', why));
    }
  }
  for (const key of UNCHANGING) errors.push(...immutableErrors(meta[key], old[key], `metadata.${key}`));
  return [...errors, ...unqualifiedFinalizerErrors(meta, strategy)];
}

const commonErrors = ({
  labels,
  annotations,
  ownerReferences,
  finalizers,
  managedFields,
}: ObjectMeta): FieldError[] => [
  ...labelsErrors(labels, 'metadata.labels'),
  ...annotationsErrors(annotations, 'metadata.annotations'),
  ...ownerReferencesErrors(ownerReferences ?? []),
  ...finalizersErrors(finalizers ?? []),
  ...managedFieldsErrors(managedFields ?? []),
];

const nameErrors = (name: string, strategy: Strategy): string[] =>
  strategy.nameErrors?.(name) ?? dnsSubdomainErrors(name);

/** What is wrong with the name that others are generated from: looked at on create, and by most kinds on an update of the whole object. */
export const generateNameErrors = ({ generateName }: ObjectMeta, strategy: Strategy): FieldError[] =>
  generateName ? invalidEach('metadata.generateName', generateName, nameErrors(asPrefix(generateName), strategy)) : [];

const UNCHANGING = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

function namespaceErrors({ namespace }: ObjectMeta, namespaced: boolean): FieldError[] {
  const field = 'metadata.namespace';
  if (!namespaced) return namespace ? [forbidden(field, 'not allowed on this type')] : [];
  return namespace ? invalidEach(field, namespace, dnsLabelErrors(namespace)) : [required(field)];
}

/** Something will follow a trailing dash. */
const asPrefix = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);

/** What is wrong with annotations: their keys, and their size as a whole. */
export function annotationsErrors(annotations: Annotations = {}, field: string): FieldError[] {
  const errors = Object.keys(annotations).flatMap((key) =>
    invalidEach(field, key, qualifiedNameErrors(key.toLowerCase())),
  );
  return areAnnotationsTooLarge(annotations) ? [...errors, tooLong(field, ANNOTATIONS_BYTES)] : errors;
}

type Annotations = Readonly<Record<string, string>>;

export function areAnnotationsTooLarge(annotations: Annotations): boolean {
  let bytes = 0;
  for (const key in annotations) bytes += Buffer.byteLength(key) + Buffer.byteLength(annotations[key]!);
  return bytes > ANNOTATIONS_BYTES;
}

function ownerReferencesErrors(references: readonly OwnerReference[]): FieldError[] {
  const field = 'metadata.ownerReferences';
  const errors: FieldError[] = [];
  let controller = '';
  for (const reference of references) {
    const { apiVersion, kind, name, uid } = reference;
    if (versionIn(apiVersion) === '') {
      errors.push(invalid(`${field}.apiVersion`, apiVersion, 'version must not be empty'));
    }
    for (const [key, value] of Object.entries({ kind, name, uid })) {
      if (value === '') errors.push(invalid(`${field}.${key}`, value, 'must not be empty'));
    }
    if (apiVersion === 'v1' && kind === 'Event') {
      errors.push(invalid(field, reference, '/v1, Kind=Event is disallowed from being an owner'));
    }
    if (!reference.controller) continue;
    if (controller === '') controller = `${kind}/${name}`;
    else {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${kind}/${name}`;
      errors.push(invalid(field, references, why));
    }
  }
  return errors;
}

/** Of `GROUP/VERSION`; none in what has more parts. */
const versionIn = (apiVersion: string): string => /^(?:[^/]*\/)?([^/]*)$/.exec(apiVersion)?.[1] ?? '';

function finalizersErrors(finalizers: readonly string[]): FieldError[] {
  const field = 'metadata.finalizers';
  const errors = finalizers.flatMap((name) => invalidEach(field, name, qualifiedNameErrors(name)));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const why = 'finalizer orphan and foregroundDeletion cannot be both set';
    errors.push(invalid(field, finalizers, why));
  }
  return errors;
}

/** Finalizers that need not be qualified by a domain. */
export const STANDARD_FINALIZERS: readonly string[] = ['kubernetes', 'orphan', 'foregroundDeletion'];

function unqualifiedFinalizerErrors({ finalizers = [] }: ObjectMeta, strategy: Strategy): FieldError[] {
  if (strategy.takesAnyFinalizer === true) return [];
  return finalizers.flatMap((name, index) => {
    if (name.includes('/') || STANDARD_FINALIZERS.includes(name)) return [];
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    return [invalid(`metadata.finalizers[${index}]`, name, why)];
  });
}

/** What else may be wrong with an entry makes it unreadable (keepOwners). */
const managedFieldsErrors = (entries: readonly ManagedFieldsEntry[]): FieldError[] =>
  entries.flatMap(({ manager = '' }, index) =>
    Buffer.byteLength(manager) > 128 ? [tooLong(`metadata.managedFields[${index}].manager`, 128)] : [],
  );
