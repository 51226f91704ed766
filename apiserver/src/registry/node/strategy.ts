import type { Node } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { nodeTableCells } from './table-cells.ts';
import { validateNode, validateNodeChange } from './validation.ts';

/** Nothing reads it any longer. */
function dropConfigSource({ spec }: Node): void {
  if (spec !== undefined) delete spec.configSource;
}

/** The meaning of Nodes. */
export const nodeStrategy: Strategy<Node> = {
  defaults(draft) {
    // One range by two names; where they differ the older field decides.
    const { spec } = draft;
    if (spec.podCIDR && spec.podCIDR !== spec.podCIDRs?.[0]) spec.podCIDRs = [spec.podCIDR];
    else if (spec.podCIDRs?.[0]) spec.podCIDR = spec.podCIDRs[0];
    if (draft.status.capacity && !draft.status.allocatable) draft.status.allocatable = { ...draft.status.capacity };
  },
  prepareForCreate: dropConfigSource,
  prepareForUpdate: dropConfigSource,
  withoutGeneration: true,
  validate: validateNode,
  validateUpdate: validateNodeChange,
  validateStatusUpdate: validateNodeChange,
  warnings: ({ spec }) =>
    spec.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : [],
  selectableFields: { 'spec.unschedulable': ({ spec }) => (spec.unschedulable ? 'true' : 'false') },
  tableCells: nodeTableCells,
};
