import type { DeleteOptions, Pod } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import type { RequestContext, Strategy } from '../strategy.ts';
import { setPodCondition } from './condition.ts';
import { defaultPod } from './defaults.ts';
import { qosClass } from './qos-class.ts';
import { POD_FIELDS } from './selectable-fields.ts';
import { podTableCells } from './table-cells.ts';
import { validatePodStatusChange } from './validation-status.ts';
import { validatePodChange } from './validation-update.ts';
import { validateNewPod, validatePod } from './validation.ts';
import { podWarnings } from './warnings.ts';

/** The meaning of Pods. */
export const podStrategy: Strategy<Pod> = {
  defaults: defaultPod,
  returnsDeletedObject: true,
  prepareForCreate,
  // Being given a node is not a change of what is wanted.
  bumpsGeneration: (draft, old) => !deepEqual({ ...draft.spec, nodeName: '' }, { ...old.spec, nodeName: '' }),
  prepareForStatusUpdate: keepObservedGenerations,
  metadataKeptFromStatus: ['deletionTimestamp', 'ownerReferences'],
  gracePeriodSeconds,
  validate: (draft, old) => [...validatePod(draft), ...(old === undefined ? validateNewPod(draft) : [])],
  validateUpdate: validatePodChange,
  validateStatusUpdate: validatePodStatusChange,
  warnings: podWarnings,
  selectableFields: POD_FIELDS,
  indexedField: 'spec.nodeName',
  tableCells: podTableCells,
};

function prepareForCreate(draft: Pod, context: RequestContext): void {
  draft.status = { phase: 'Pending', qosClass: qosClass(draft.spec) };
  if ((draft.spec.schedulingGates ?? []).length > 0) {
    const message = 'Scheduling is blocked due to non-empty scheduling gates';
    setPodCondition(
      draft,
      { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message },
      context.runtime.clock.now(),
    );
  }
}

/** The status is the caller's; who does not speak of generations does not erase them (KEP-5067). */
function keepObservedGenerations(draft: Pod, old: Pod): void {
  draft.status.qosClass ||= old.status.qosClass;
  draft.status.observedGeneration ||= old.status.observedGeneration;
  for (const condition of draft.status.conditions ?? []) {
    condition.observedGeneration ||= old.status.conditions?.find(
      ({ type }) => type === condition.type,
    )?.observedGeneration;
  }
}

/** A pod that never ran, or has run to its end, need not be waited for. */
function gracePeriodSeconds(old: Pod, options: DeleteOptions): number {
  if (!old.spec.nodeName || old.status.phase === 'Failed' || old.status.phase === 'Succeeded') return 0;
  const wanted = options.gracePeriodSeconds ?? old.spec.terminationGracePeriodSeconds ?? 0;
  return wanted < 0 ? 1 : wanted;
}
