import { tolerates } from '@kubarium/shared';
import { unfit, type FilterPlugin, type ScorePlugin } from '../plugin.ts';

/** Keeps pods off nodes with a NoSchedule or NoExecute taint that they do not tolerate. */
export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  prepare({ pod }) {
    return ({ node }) => {
      const refused = (node.spec.taints ?? []).some(
        (taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(pod.spec.tolerations, taint),
      );
      return refused ? unfit('node(s) had untolerated taint(s)') : undefined;
    };
  },
};

/** Prefers nodes with fewer PreferNoSchedule taints that the pod does not tolerate. */
export const preferredTaints: ScorePlugin = {
  name: 'TaintToleration',
  weight: 3,
  best: 'least',
  prepare({ pod }, _snapshot, candidates) {
    if (!candidates.some(({ node }) => node.spec.taints?.some((taint) => taint.effect === 'PreferNoSchedule')))
      return undefined;
    return ({ node }) =>
      (node.spec.taints ?? []).filter(
        (taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod.spec.tolerations, taint),
      ).length;
  },
};
