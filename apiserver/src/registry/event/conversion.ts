import type { ApiObject, Event, EventsV1Event } from '@kubarium/shared';

/** Between events as stored (core/v1) and as events.k8s.io/v1 spells them: the same facts under other names. */
export const eventConversion = {
  fromStored(object: ApiObject): EventsV1Event {
    const { involvedObject, message, reportingComponent, source, firstTimestamp, lastTimestamp, count, ...same } =
      object as Event;
    return {
      ...same,
      apiVersion: 'events.k8s.io/v1',
      regarding: involvedObject,
      note: message,
      reportingController: reportingComponent,
      deprecatedSource: source,
      deprecatedFirstTimestamp: firstTimestamp,
      deprecatedLastTimestamp: lastTimestamp,
      deprecatedCount: count,
    } as EventsV1Event;
  },

  toStored(event: EventsV1Event): Event {
    const {
      regarding,
      note,
      reportingController,
      deprecatedSource,
      deprecatedFirstTimestamp,
      deprecatedLastTimestamp,
      deprecatedCount,
      ...same
    } = event;
    return {
      ...same,
      apiVersion: 'v1',
      involvedObject: regarding ?? {},
      message: note,
      reportingComponent: reportingController,
      source: deprecatedSource,
      firstTimestamp: deprecatedFirstTimestamp,
      lastTimestamp: deprecatedLastTimestamp,
      count: deprecatedCount,
    } as Event;
  },
};
