import type { Event } from '@kubarium/shared';

/** What field selectors of events can ask for; the two versions name the object that it is about differently. */
export function eventSelectableFields(event: Event, about: 'involvedObject' | 'regarding'): Record<string, string> {
  const { involvedObject: object, source, reportingComponent } = event;
  const component = source?.component || reportingComponent || '';
  return {
    [`${about}.kind`]: object.kind ?? '',
    [`${about}.namespace`]: object.namespace ?? '',
    [`${about}.name`]: object.name ?? '',
    [`${about}.uid`]: object.uid ?? '',
    [`${about}.apiVersion`]: object.apiVersion ?? '',
    [`${about}.resourceVersion`]: object.resourceVersion ?? '',
    [`${about}.fieldPath`]: object.fieldPath ?? '',
    reason: event.reason ?? '',
    type: event.type ?? '',
    ...(about === 'regarding'
      ? { reportingController: reportingComponent ?? '' }
      : { reportingComponent: reportingComponent ?? '', source: component }),
  };
}
