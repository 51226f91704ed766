import { badRequest, invalid as invalidStatus } from '@kubarium/shared';
import type { DeleteOptions } from '@kubarium/shared';
import type { FieldError } from '../registry/strategy.ts';
import { forbidden, invalid, notSupported, required, tooLong } from '../registry/validation/field-error.ts';
import { parseSelectors } from '../registry/store/selection.ts';
import { truth } from './request-info.ts';

/** The parameters of list, watch and deletecollection, as metav1.ListOptions. */
export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly timeoutSeconds?: number;
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
}

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** The parameters that create, update and patch share. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  readonly fieldManager: string;
  readonly force: boolean | undefined;
}

const FIELD_VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'];
const MAX_FIELD_MANAGER_BYTES = 128;

/** A whole number as Go parses one; the failure names the text. */
export function parseInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  }
  return value;
}

const text = (query: URLSearchParams, name: string): string | undefined => query.get(name) || undefined;

const integer = (query: URLSearchParams, name: string): number | undefined => {
  const value = text(query, name);
  return value === undefined ? undefined : parseInteger(value);
};

/** Reads and checks ListOptions; throws the StatusError that the real server answers with. */
export function listOptions(query: URLSearchParams, watch: boolean): ListOptions {
  const timeoutSeconds = integer(query, 'timeoutSeconds');
  const limit = integer(query, 'limit');
  const options = {
    labelSelector: text(query, 'labelSelector'),
    fieldSelector: text(query, 'fieldSelector'),
    resourceVersion: text(query, 'resourceVersion'),
    resourceVersionMatch: text(query, 'resourceVersionMatch'),
    limit: limit !== undefined && limit > 0 ? limit : undefined,
    continue: text(query, 'continue'),
    timeoutSeconds,
    allowWatchBookmarks: query.has('allowWatchBookmarks') ? truth(query.get('allowWatchBookmarks')) : undefined,
    sendInitialEvents: query.has('sendInitialEvents') ? truth(query.get('sendInitialEvents')) : undefined,
  };
  parseSelectors(options.labelSelector ?? '', options.fieldSelector ?? '');
  invalidOptions('ListOptions', watch ? watchOptionErrors(options) : listOptionErrors(options));
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

type RawListOptions = { readonly [Name in keyof ListOptions]-?: ListOptions[Name] | undefined };

function listOptionErrors(options: RawListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const match = options.resourceVersionMatch;
  if (match !== undefined) {
    if (options.resourceVersion === undefined) {
      errors.push(
        forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
      );
    }
    if (options.continue !== undefined) {
      errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
    }
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    }
    if (match === 'Exact' && options.resourceVersion === '0') {
      errors.push(
        forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
      );
    }
  }
  if (options.sendInitialEvents !== undefined) {
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return errors;
}

function watchOptionErrors(options: RawListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const match = options.resourceVersionMatch;
  if (options.sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(
      forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
    );
  }
  if (match !== undefined) {
    if (options.sendInitialEvents === undefined) {
      errors.push(
        forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
        ),
      );
    }
    if (match !== 'NotOlderThan') {
      errors.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']));
    }
    if (options.continue !== undefined) {
      errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
    }
  }
  return errors;
}

/** Reads and checks CreateOptions, UpdateOptions or PatchOptions. `apply` is true for a server-side apply. */
export function writeOptions(
  query: URLSearchParams,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  apply = false,
): WriteOptions {
  const errors: FieldError[] = [];
  const fieldManager = query.get('fieldManager') ?? '';
  const force = query.has('force') ? truth(query.get('force')) : undefined;
  if (kind === 'PatchOptions') {
    if (apply && fieldManager === '') {
      errors.push(required('fieldManager', 'is required for apply patch'));
    }
    if (!apply && force !== undefined) errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  errors.push(...fieldManagerErrors(fieldManager), ...dryRunErrors(query.getAll('dryRun')));
  const fieldValidation = query.get('fieldValidation') ?? '';
  if (!FIELD_VALIDATIONS.includes(fieldValidation)) {
    errors.push(notSupported('fieldValidation', fieldValidation, FIELD_VALIDATIONS));
  }
  invalidOptions(kind, errors);
  return {
    dryRun: query.getAll('dryRun').length > 0,
    fieldManager,
    force,
    fieldValidation: fieldValidation === '' ? 'Warn' : (fieldValidation as FieldValidation),
  };
}

/** DeleteOptions as the query gives them; a body replaces them altogether. */
export function deleteOptionsOfQuery(query: URLSearchParams): DeleteOptions {
  const options: DeleteOptions = {};
  const gracePeriodSeconds = integer(query, 'gracePeriodSeconds');
  if (gracePeriodSeconds !== undefined) options.gracePeriodSeconds = gracePeriodSeconds;
  const propagationPolicy = query.get('propagationPolicy');
  if (propagationPolicy !== null) options.propagationPolicy = propagationPolicy;
  if (query.has('orphanDependents')) options.orphanDependents = truth(query.get('orphanDependents'));
  const dryRun = query.getAll('dryRun');
  if (dryRun.length > 0) options.dryRun = dryRun;
  return options;
}

const POLICIES = ['Foreground', 'Background', 'Orphan', 'nil'];

export function validateDeleteOptions(options: DeleteOptions): void {
  const errors: FieldError[] = [];
  const policy = options.propagationPolicy;
  if (policy !== undefined && options.orphanDependents !== undefined) {
    const why = 'orphanDependents and deletionPropagation cannot be both set';
    errors.push(invalid('propagationPolicy', policy, why));
  }
  if (policy !== undefined && !POLICIES.slice(0, 3).includes(policy)) {
    errors.push(notSupported('propagationPolicy', policy, POLICIES));
  }
  errors.push(...dryRunErrors(options.dryRun ?? []));
  invalidOptions('DeleteOptions', errors);
}

function fieldManagerErrors(name: string): FieldError[] {
  const field = 'fieldManager';
  if (Buffer.byteLength(name) > MAX_FIELD_MANAGER_BYTES) return [tooLong(field, MAX_FIELD_MANAGER_BYTES)];
  return [...name.matchAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu)].map(({ 0: sign, index }) => {
    const code = sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    const position = Buffer.byteLength(name.slice(0, index));
    return invalid(field, name, `invalid character U+${code} (at position ${position})`);
  });
}

function dryRunErrors(values: readonly string[]): FieldError[] {
  if (values.every((value) => value === 'All')) return [];
  return [notSupported('dryRun', values, ['All'])];
}

/** Throws 422 with all causes, where there are any. */
function invalidOptions(kind: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidStatus({ group: 'meta.k8s.io', kind }, '', errors);
}
