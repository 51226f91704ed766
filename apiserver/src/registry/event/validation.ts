import type { Event, EventSource, ObjectReference } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalid, invalidEach, required } from '../validation/field-error.ts';
import { immutableErrors } from '../validation/immutable.ts';
import { dnsSubdomainErrors, qualifiedNameErrors } from '../validation/names.ts';

const MAX_NAME = 128;
const MAX_NOTE = 1024;

/**
 * What both versions of events ask for, judged in the stored form. An event with an `eventTime` is of the new kind: it must say
 * who reports it and what was done. `reporter` is what the version calls the reporting controller.
 */
export function validateEvent(event: Event, reporter: 'reportingComponent' | 'reportingController'): FieldError[] {
  const namespace = event.metadata.namespace ?? '';
  const about = event.involvedObject.namespace ?? '';
  const errors: FieldError[] = [];
  const mismatch = event.eventTime
    ? about === '' && namespace !== 'default' && namespace !== 'kube-system'
    : about === ''
      ? namespace !== '' && namespace !== 'default'
      : about !== namespace;
  if (mismatch) errors.push(invalid('involvedObject.namespace', about, 'does not match event.namespace'));
  if (event.eventTime) errors.push(...newStyleErrors(event, reporter));
  return [...errors, ...invalidEach('namespace', namespace, dnsSubdomainErrors(namespace))];
}

function newStyleErrors(event: Event, reporter: string): FieldError[] {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
  const limited = (field: string, text: string, most: number): FieldError[] =>
    Buffer.byteLength(text) > most ? [invalid(field, '', `can have at most ${most} characters`)] : [];
  const needed = (field: string, text: string): FieldError[] => [
    ...(text === '' ? [required(field)] : []),
    ...limited(field, text, MAX_NAME),
  ];
  return [
    ...(reportingComponent === '' ? [required(reporter)] : []),
    ...invalidEach(reporter, reportingComponent, qualifiedNameErrors(reportingComponent)),
    ...needed('reportingInstance', reportingInstance),
    ...needed('action', action),
    ...needed('reason', reason),
    ...limited('message', message, MAX_NOTE),
  ];
}

/** What events.k8s.io/v1 asks for beyond that when one is created. */
export function validateNewEventV1(event: Event): FieldError[] {
  const unset = (field: string, value: unknown): FieldError[] =>
    value ? [invalid(field, '', 'needs to be unset')] : [];
  return [
    ...seriesErrors(event),
    ...(event.eventTime ? [] : [required('eventTime')]),
    ...(event.type === 'Normal' || event.type === 'Warning'
      ? []
      : [invalid('type', '', `has invalid value: ${event.type ?? ''}`)]),
    ...unset('firstTimestamp', event.firstTimestamp),
    ...unset('lastTimestamp', event.lastTimestamp),
    ...unset('count', event.count),
    ...unset('source', event.source?.component || event.source?.host),
  ];
}

/** All that events.k8s.io/v1 finds wrong with a change: only the series goes on. */
export const validateEventV1Change = (draft: Event, old: Event): FieldError[] => [
  ...(deepEqual(draft.series, old.series) ? [] : seriesErrors(draft)),
  ...UNCHANGING.flatMap(([key, shown, field = key]) => immutableErrors(shown(draft[key]), shown(old[key]), field)),
];

/** Values as the real server has them inside, and shows them. */
const asIs = (value: unknown): unknown => value;
const text = (value: unknown): unknown => value ?? '';
const count = (value: unknown): unknown => value ?? 0;
const reference = (value: unknown): unknown => {
  if (!value) return value;
  const { kind = '', namespace = '', name = '', uid = '', apiVersion = '', ...rest } = value as ObjectReference;
  const { resourceVersion = '', fieldPath = '' } = rest;
  return {
    Kind: kind,
    Namespace: namespace,
    Name: name,
    UID: uid,
    APIVersion: apiVersion,
    ResourceVersion: resourceVersion,
    FieldPath: fieldPath,
  };
};
const source = (value: unknown): unknown => {
  const { component = '', host = '' } = (value ?? {}) as EventSource;
  return { Component: component, Host: host };
};

const UNCHANGING: readonly [keyof Event, (value: unknown) => unknown, string?][] = [
  ['involvedObject', reference],
  ['reason', text],
  ['message', text],
  ['source', source],
  ['firstTimestamp', asIs],
  ['lastTimestamp', asIs],
  ['count', count],
  ['type', text],
  ['eventTime', asIs],
  ['action', text],
  ['related', reference],
  ['reportingComponent', text, 'reportingController'],
  ['reportingInstance', text],
];

function seriesErrors({ series }: Event): FieldError[] {
  if (!series) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required('series.lastObservedTime')]),
  ];
}
