import type { ReplicaSet } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import { defaultPodSpec } from '../pod/defaults.ts';
import { podTemplateWarnings } from '../pod/warnings.ts';
import type { Strategy } from '../strategy.ts';
import { replicaSetTableCells } from './table-cells.ts';
import { validateReplicaSet, validateReplicaSetChange, validateReplicaSetStatusChange } from './validation.ts';

/** The meaning of ReplicaSets. */
export const replicaSetStrategy: Strategy<ReplicaSet> = {
  checksGenerateName: 'on create',
  defaults(draft) {
    draft.spec.replicas ??= 1;
    if (draft.spec.template?.spec) defaultPodSpec(draft.spec.template.spec);
  },
  prepareForCreate(draft) {
    draft.status = { replicas: 0 };
  },
  validate: validateReplicaSet,
  warnings: (draft, old) => podTemplateWarnings(draft.spec.template, 'spec.template', draft, old),
  validateUpdate: validateReplicaSetChange,
  validateStatusUpdate: validateReplicaSetStatusChange,
  bumpsGeneration: (draft, old) => !deepEqual(draft.spec, old.spec),
  selectableFields: { 'status.replicas': ({ status }) => `${status.replicas ?? 0}` },
  tableCells: replicaSetTableCells,
};
