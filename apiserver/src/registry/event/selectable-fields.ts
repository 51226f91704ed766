import type { Event, EventsV1Event, SelectableFields } from '@kubarium/shared';
import { eventConversion } from './conversion.ts';

const aboutObject = (name: 'involvedObject' | 'regarding'): SelectableFields<Event> => ({
  [`${name}.kind`]: ({ involvedObject }) => involvedObject.kind ?? '',
  [`${name}.namespace`]: ({ involvedObject }) => involvedObject.namespace ?? '',
  [`${name}.name`]: ({ involvedObject }) => involvedObject.name ?? '',
  [`${name}.uid`]: ({ involvedObject }) => involvedObject.uid ?? '',
  [`${name}.apiVersion`]: ({ involvedObject }) => involvedObject.apiVersion ?? '',
  [`${name}.resourceVersion`]: ({ involvedObject }) => involvedObject.resourceVersion ?? '',
  [`${name}.fieldPath`]: ({ involvedObject }) => involvedObject.fieldPath ?? '',
  reason: ({ reason }) => reason ?? '',
  type: ({ type }) => type ?? '',
});

const reporter = ({ reportingComponent }: Event): string => reportingComponent ?? '';

/** What field selectors of events can ask for; the two versions name the object that it is about differently. */
export const EVENT_FIELDS: SelectableFields<Event> = {
  ...aboutObject('involvedObject'),
  reportingComponent: reporter,
  source: ({ source, reportingComponent }) => source?.component || reportingComponent || '',
};

/** The same of events as events.k8s.io/v1 spells them. */
export const EVENT_V1_FIELDS: SelectableFields<EventsV1Event> = Object.fromEntries(
  Object.entries({ ...aboutObject('regarding'), reportingController: reporter }).map(([name, read]) => [
    name,
    (event: EventsV1Event) => read(eventConversion.toStored(event)),
  ]),
);
