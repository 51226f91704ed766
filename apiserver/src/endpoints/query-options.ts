import { badRequest, invalid } from '@kubarium/shared';
import type { DeleteOptions } from '@kubarium/shared';
import type { FieldError } from '../registry/strategy.ts';
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
  const limit = integer(query, 'limit');
  const options = {
    labelSelector: text(query, 'labelSelector'),
    fieldSelector: text(query, 'fieldSelector'),
    resourceVersion: text(query, 'resourceVersion'),
    resourceVersionMatch: text(query, 'resourceVersionMatch'),
    limit: limit !== undefined && limit > 0 ? limit : undefined,
    continue: text(query, 'continue'),
    timeoutSeconds: integer(query, 'timeoutSeconds'),
    allowWatchBookmarks: query.has('allowWatchBookmarks') ? truth(query.get('allowWatchBookmarks')) : undefined,
    sendInitialEvents: query.has('sendInitialEvents') ? truth(query.get('sendInitialEvents')) : undefined,
  };
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
      errors.push(notSupported('resourceVersionMatch', JSON.stringify(match), ['Exact', 'NotOlderThan', '']));
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
      errors.push(notSupported('resourceVersionMatch', JSON.stringify(match), ['NotOlderThan']));
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
  const errors = dryRunErrors(query.getAll('dryRun'));
  const fieldManager = query.get('fieldManager') ?? '';
  const force = query.has('force') ? truth(query.get('force')) : undefined;
  if (kind === 'PatchOptions') {
    if (apply && fieldManager === '') {
      errors.push({
        reason: 'FieldValueRequired',
        message: 'Required value: is required for apply patch',
        field: 'fieldManager',
      });
    }
    if (!apply && force !== undefined) errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  if (Buffer.byteLength(fieldManager) > MAX_FIELD_MANAGER_BYTES) {
    errors.push({
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${MAX_FIELD_MANAGER_BYTES} bytes`,
      field: 'fieldManager',
    });
  }
  const fieldValidation = query.get('fieldValidation') ?? '';
  if (!FIELD_VALIDATIONS.includes(fieldValidation)) {
    errors.push(notSupported('fieldValidation', JSON.stringify(fieldValidation), FIELD_VALIDATIONS));
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
  const propagationPolicy = text(query, 'propagationPolicy');
  if (propagationPolicy !== undefined) options.propagationPolicy = propagationPolicy;
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
    errors.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set`,
      field: 'propagationPolicy',
    });
  }
  if (policy !== undefined && !POLICIES.slice(0, 3).includes(policy)) {
    errors.push(notSupported('propagationPolicy', JSON.stringify(policy), POLICIES));
  }
  errors.push(...dryRunErrors(options.dryRun ?? []));
  invalidOptions('DeleteOptions', errors);
}

function dryRunErrors(values: readonly string[]): FieldError[] {
  if (values.every((value) => value === 'All')) return [];
  const wrong = values.filter((value) => value !== 'All');
  return [notSupported('dryRun', `[${wrong.map((value) => JSON.stringify(value)).join(',')}]`, ['All'])];
}

const forbidden = (field: string, message: string): FieldError => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${message}`,
  field,
});

const notSupported = (field: string, value: string, supported: readonly string[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${value}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
  field,
});

/** Throws 422 with all causes, where there are any. */
function invalidOptions(kind: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', errors);
}
