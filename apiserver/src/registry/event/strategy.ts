import type { Event, EventsV1Event } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { pathSegmentErrors } from '../validation/names.ts';
import { eventConversion } from './conversion.ts';
import { EVENT_FIELDS, EVENT_V1_FIELDS } from './selectable-fields.ts';
import { eventTableCells } from './table-cells.ts';
import { validateEvent, validateEventV1Change, validateNewEventV1 } from './validation.ts';

/** The meaning of Events as core/v1 spells them; this is the stored form. */
export const eventStrategy: Strategy<Event> = {
  takesAnyFinalizer: true,
  allowCreateOnUpdate: true,
  withoutGeneration: true,
  withoutGarbageCollection: true,
  nameErrors: pathSegmentErrors,
  validate: (event) => validateEvent(event, 'reportingComponent'),
  selectableFields: EVENT_FIELDS,
  tableCells: eventTableCells,
};

/** The meaning of Events as events.k8s.io/v1 spells them. */
export const eventV1Strategy: Strategy<EventsV1Event> = {
  checksGenerateName: 'on create',
  allowCreateOnUpdate: true,
  withoutGeneration: true,
  withoutGarbageCollection: true,
  validate(draft, old) {
    const event = eventConversion.toStored(draft);
    return [...validateEvent(event, 'reportingController'), ...(old === undefined ? validateNewEventV1(event) : [])];
  },
  validateUpdate: (draft, old) => validateEventV1Change(eventConversion.toStored(draft), eventConversion.toStored(old)),
  selectableFields: EVENT_V1_FIELDS,
  tableCells: (event, nowMs) => eventTableCells(eventConversion.toStored(event), nowMs),
};
