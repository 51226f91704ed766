import type { Event } from '@kubarium/shared';
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
  ...UNCHANGING.flatMap(([key, field]) => immutableErrors(draft[key], old[key], field)),
];

const UNCHANGING = [
  ['involvedObject', 'involvedObject'],
  ['reason', 'reason'],
  ['message', 'message'],
  ['source', 'source'],
  ['firstTimestamp', 'firstTimestamp'],
  ['lastTimestamp', 'lastTimestamp'],
  ['count', 'count'],
  ['type', 'type'],
  ['eventTime', 'eventTime'],
  ['action', 'action'],
  ['related', 'related'],
  ['reportingComponent', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
] as const;

function seriesErrors({ series }: Event): FieldError[] {
  if (!series) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required('series.lastObservedTime')]),
  ];
}
