import type { Event } from '@kubarium/shared';
import { age } from '../printing/age.ts';

/** The columns of `kubectl get events -o wide`, from the stored (core/v1) form. */
export function eventTableCells(event: Event, nowMs: number): unknown[] {
  const { involvedObject, source, series } = event;
  const first = age(event.firstTimestamp || event.eventTime, nowMs);
  const last = series
    ? age(series.lastObservedTime, nowMs)
    : event.lastTimestamp
      ? age(event.lastTimestamp, nowMs)
      : first;
  const kind = (involvedObject.kind ?? '').toLowerCase();
  const component = source?.component || event.reportingComponent || '';
  const instance = source?.host || event.reportingInstance || '';
  return [
    last,
    event.type ?? '',
    event.reason ?? '',
    involvedObject.name ? `${kind}/${involvedObject.name}` : kind,
    involvedObject.fieldPath ?? '',
    instance === '' ? component : `${component}, ${instance}`,
    (event.message ?? '').trim(),
    first,
    series ? (series.count ?? 0) : event.count || 1,
    event.metadata.name,
  ];
}
