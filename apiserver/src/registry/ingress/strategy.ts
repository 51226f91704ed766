import type { Ingress } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { ingressTableCells } from './table-cells.ts';
import { INGRESS_CLASS, validateIngress, validateIngressStatusChange } from './validation.ts';

/** The meaning of Ingresses. */
export const ingressStrategy: Strategy<Ingress> = {
  prepareForCreate(draft) {
    draft.status = { loadBalancer: {} };
  },
  validate: validateIngress,
  validateStatusUpdate: validateIngressStatusChange,
  warnings: ({ metadata, spec }, old) =>
    old === undefined && metadata.annotations?.[INGRESS_CLASS] !== undefined && spec.ingressClassName === undefined
      ? [`annotation "${INGRESS_CLASS}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  bumpsGeneration: (draft, old) => !deepEqual(draft.spec, old.spec),
  tableCells: ingressTableCells,
};
