import type { NodeInfo } from '../node-info.ts';
import type { FilterPlugin, ScorePlugin } from '../plugin.ts';
import type { PodInfo } from '../pod-info.ts';

/** Keeps a pod off nodes that have not what it requests: cpu, memory, extended resources, and a place for one more pod. */
export const resourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  prepare({ requests }) {
    const wanted = [...requests].filter(([, amount]) => amount > 0);
    return (node) => {
      const reasons: string[] = [];
      let preemptible = true;
      const places = node.allocatable.get('pods') ?? 0;
      if (node.pods.size + 1 > places) {
        reasons.push('Too many pods');
        if (places < 1) preemptible = false;
      }
      for (const [name, amount] of wanted) {
        const all = node.allocatable.get(name) ?? 0;
        if (amount <= all - (node.requested.get(name) ?? 0)) continue;
        reasons.push(`Insufficient ${name}`);
        if (amount > all) preemptible = false;
      }
      return reasons.length === 0 ? undefined : { reasons, preemptible };
    };
  },
};

const CONSIDERED = ['cpu', 'memory'] as const;

/** What a container without a request counts for in scores, so that such pods spread as well. */
const ASSUMED: Record<(typeof CONSIDERED)[number], number> = { cpu: 100, memory: 200 * 1024 * 1024 };

/** The share of each considered resource that would be in use with the pod on the node, from 0 to 1. */
function shares(pod: PodInfo, node: NodeInfo): number[] {
  return CONSIDERED.flatMap((name) => {
    const all = node.allocatable.get(name) ?? 0;
    if (all === 0) return [];
    let used = pod.requests.get(name) || ASSUMED[name];
    used += node.requested.get(name) ?? 0;
    return [Math.min(1, used / all)];
  });
}

/** Prefers nodes with more left. */
export const leastAllocated: ScorePlugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  best: 'as-is',
  prepare: (pod) => (node) => {
    const each = shares(pod, node);
    return each.length === 0 ? 0 : Math.floor(each.reduce((sum, share) => sum + 100 * (1 - share), 0) / each.length);
  },
};

/** Prefers nodes whose resources would be used evenly. */
export const balancedAllocation: ScorePlugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  best: 'as-is',
  prepare: (pod) => (node) => {
    const each = shares(pod, node);
    if (each.length < 2) return 100;
    return Math.floor(100 * (1 - Math.abs(each[0]! - each[1]!) / 2));
  },
};
