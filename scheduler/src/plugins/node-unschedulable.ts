import { tolerates } from '@kubarium/shared';
import { unfit, type FilterPlugin } from '../plugin.ts';

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

/** Keeps pods off cordoned nodes, unless they tolerate the taint that stands for it. */
export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  prepare(pod) {
    if (tolerates(pod.pod.spec.tolerations, TAINT)) return undefined;
    return ({ node }) => (node.spec.unschedulable === true ? unfit('node(s) were unschedulable') : undefined);
  },
};
