import type { Node, Taint } from '@kubarium/shared';
import type { AdmissionPlugin } from './admission.ts';

const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** Keeps pods off a new node until the node lifecycle controller finds it ready (TaintNodesByCondition). */
export const taintNewNodes: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  admit(_context, { definition, operation, subresource, draft }) {
    if (definition.resource !== 'nodes' || definition.group !== '' || subresource || operation !== 'create') return;
    const node = draft as Node;
    const taints = node.spec.taints ?? [];
    const has = taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect);
    if (!has) node.spec = { ...node.spec, taints: [...taints, { ...NOT_READY }] };
  },
};
