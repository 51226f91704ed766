import type { ObjectMeta, OwnerReference } from '@kubarium/shared';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, invalidEach, quoted, required, tooLong } from './field-error.ts';
import { immutableErrors, nonNegativeErrors } from './immutable.ts';
import { labelsErrors } from './labels.ts';
import { dnsLabelErrors, dnsSubdomainErrors, qualifiedNameErrors } from './names.ts';

const ANNOTATIONS_BYTES = 256 * 1024;

/**
 * What is wrong with an object's metadata: by itself where `old` is undefined, else with its change. The name follows the
 * strategy's `nameErrors`, a DNS subdomain by default.
 */
export const validateObjectMeta = (
  meta: ObjectMeta,
  old: ObjectMeta | undefined,
  definition: Pick<ResourceDefinition, 'namespaced' | 'strategy'>,
): FieldError[] => (old === undefined ? createErrors(meta, definition) : updateErrors(meta, old));

function createErrors(
  meta: ObjectMeta,
  { namespaced, strategy }: Pick<ResourceDefinition, 'namespaced' | 'strategy'>,
): FieldError[] {
  const nameErrors = (name: string): string[] => strategy.nameErrors?.(name) ?? dnsSubdomainErrors(name);
  const errors: FieldError[] = [];
  if (meta.generateName) {
    errors.push(...invalidEach('metadata.generateName', meta.generateName, nameErrors(asPrefix(meta.generateName))));
  }
  if (!meta.name) errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...invalidEach('metadata.name', meta.name, nameErrors(meta.name)));
  errors.push(...namespaceErrors(meta, namespaced));
  return [
    ...errors,
    ...nonNegativeErrors(meta.generation, 'metadata.generation'),
    ...labelsErrors(meta.labels, 'metadata.labels'),
    ...annotationsErrors(meta.annotations, 'metadata.annotations'),
    ...ownerReferencesErrors(meta.ownerReferences ?? []),
    ...finalizersErrors(meta.finalizers ?? []),
    ...managedFieldsErrors(meta),
    ...unqualifiedFinalizerErrors(meta.finalizers ?? []),
  ];
}

function updateErrors(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp) {
    const before = new Set(old.finalizers);
    const added = (meta.finalizers ?? []).filter((name) => !before.has(name)).toSorted();
    if (added.length > 0) {
      const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map(quoted).join(', ')}}`;
      errors.push(forbidden('metadata.finalizers', why));
    }
  }
  for (const key of UNCHANGING) errors.push(...immutableErrors(meta[key], old[key], `metadata.${key}`));
  return [
    ...errors,
    ...labelsErrors(meta.labels, 'metadata.labels'),
    ...annotationsErrors(meta.annotations, 'metadata.annotations'),
    ...ownerReferencesErrors(meta.ownerReferences ?? []),
    ...managedFieldsErrors(meta),
  ];
}

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
export function annotationsErrors(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...invalidEach(field, key, qualifiedNameErrors(key.toLowerCase())));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  return bytes > ANNOTATIONS_BYTES ? [...errors, tooLong(field, ANNOTATIONS_BYTES)] : errors;
}

function ownerReferencesErrors(references: readonly OwnerReference[]): FieldError[] {
  const field = 'metadata.ownerReferences';
  const errors: FieldError[] = [];
  let controller = '';
  for (const reference of references) {
    const { apiVersion, kind, name, uid } = reference;
    if (apiVersion.split('/').at(-1) === '') {
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

const unqualifiedFinalizerErrors = (finalizers: readonly string[]): FieldError[] =>
  finalizers.flatMap((name, index) => {
    if (name.includes('/') || STANDARD_FINALIZERS.includes(name)) return [];
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    return [invalid(`metadata.finalizers[${index}]`, name, why)];
  });

function managedFieldsErrors({ managedFields = [] }: ObjectMeta): FieldError[] {
  return managedFields.flatMap(({ operation = '', fieldsType = '', manager = '' }, index) => {
    const field = `metadata.managedFields[${index}]`;
    const errors: FieldError[] = [];
    if (operation !== 'Apply' && operation !== 'Update') {
      errors.push(invalid(`${field}.operation`, operation, 'must be `Apply` or `Update`'));
    }
    if (fieldsType !== '' && fieldsType !== 'FieldsV1') {
      errors.push(invalid(`${field}.fieldsType`, fieldsType, 'must be `FieldsV1`'));
    }
    if (Buffer.byteLength(manager) > 128) errors.push(tooLong(`${field}.manager`, 128));
    return errors;
  });
}
