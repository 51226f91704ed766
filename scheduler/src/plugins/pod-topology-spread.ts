import { labelSelectorMatches, type LabelSelector, type TopologySpreadConstraint } from '@kubarium/shared';
import type { NodeInfo } from '../node-info.ts';
import { unfit, unfitNow, type FilterPlugin, type ScorePlugin } from '../plugin.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Snapshot } from '../snapshot.ts';
import { nodeAffinity } from './node-affinity.ts';
import { taintToleration } from './taint-toleration.ts';

const MISMATCH = "node(s) didn't match pod topology spread constraints";

/** The selector of a constraint, with the values of `matchLabelKeys` of this pod (KEP-3243). */
function selectorOf(constraint: TopologySpreadConstraint, pod: PodInfo): LabelSelector | undefined {
  const { labelSelector, matchLabelKeys = [] } = constraint;
  const labels = pod.pod.metadata.labels ?? {};
  const extra = matchLabelKeys.filter((key) => labels[key] !== undefined);
  if (labelSelector === undefined || extra.length === 0) return labelSelector;
  return {
    ...labelSelector,
    matchLabels: { ...labelSelector.matchLabels, ...Object.fromEntries(extra.map((key) => [key, labels[key]!])) },
  };
}

/** How many matching pods each topology domain has, over the nodes that count. */
function domainCounts(constraint: TopologySpreadConstraint, pod: PodInfo, snapshot: Snapshot): Map<string, number> {
  const selector = selectorOf(constraint, pod);
  const affine = constraint.nodeAffinityPolicy === 'Ignore' ? undefined : nodeAffinity.prepare(pod, snapshot);
  const tolerated = constraint.nodeTaintsPolicy === 'Honor' ? taintToleration.prepare(pod, snapshot) : undefined;
  const counts = new Map<string, number>();
  for (const node of snapshot.nodes.values()) {
    const domain = node.labels[constraint.topologyKey];
    if (domain === undefined || affine?.(node) !== undefined || tolerated?.(node) !== undefined) continue;
    counts.set(domain, (counts.get(domain) ?? 0) + matching(node, pod, selector));
  }
  return counts;
}

function matching(node: NodeInfo, pod: PodInfo, selector: LabelSelector | undefined): number {
  let count = 0;
  for (const other of node.pods.values()) {
    if (other.namespace !== pod.namespace || other.pod.metadata.deletionTimestamp !== undefined) continue;
    if (labelSelectorMatches(selector, other.pod.metadata.labels)) count++;
  }
  return count;
}

/** Keeps the number of matching pods in each domain within maxSkew of the smallest (KEP-895), for constraints that must hold. */
export const podTopologySpread: FilterPlugin = {
  name: 'PodTopologySpread',
  prepare(pod, snapshot) {
    const constraints = (pod.pod.spec.topologySpreadConstraints ?? []).filter(
      (one) => one.whenUnsatisfiable === 'DoNotSchedule',
    );
    if (constraints.length === 0) return undefined;
    const states = constraints.map((constraint) => {
      const counts = domainCounts(constraint, pod, snapshot);
      const least = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values());
      const self = labelSelectorMatches(selectorOf(constraint, pod), pod.pod.metadata.labels) ? 1 : 0;
      return { constraint, counts, least, self };
    });
    return (node) => {
      for (const { constraint, counts, least, self } of states) {
        const domain = node.labels[constraint.topologyKey];
        if (domain === undefined) return unfit(`${MISMATCH} (missing required label)`);
        if ((counts.get(domain) ?? 0) + self - least > constraint.maxSkew) return unfitNow(MISMATCH);
      }
      return undefined;
    };
  },
};

const ZONE = 'topology.kubernetes.io/zone';

/**
 * Prefers domains with fewer matching pods. Pods without constraints of their own are spread over nodes and zones.
 *
 * Simplified: without constraints, pods of the same controller count; the real scheduler counts those that the pod's Services and
 * controllers select.
 */
export const preferredSpread: ScorePlugin = {
  name: 'PodTopologySpread',
  weight: 2,
  best: 'least',
  prepare(pod, snapshot, candidates) {
    const own = pod.pod.spec.topologySpreadConstraints ?? [];
    if (own.length === 0) return spreadOfOwner(pod, candidates);
    const soft = own.filter((one) => one.whenUnsatisfiable === 'ScheduleAnyway');
    if (soft.length === 0) return undefined;
    const states = soft.map((constraint) => ({
      key: constraint.topologyKey,
      counts: domainCounts(constraint, pod, snapshot),
    }));
    return (node) => states.reduce((sum, { key, counts }) => sum + (counts.get(node.labels[key] ?? '') ?? 0), 0);
  },
};

function spreadOfOwner({ owner }: PodInfo, candidates: readonly NodeInfo[]): ((node: NodeInfo) => number) | undefined {
  if (owner === undefined) return undefined;
  const zones = new Map<string, number>();
  for (const node of candidates) {
    const zone = node.labels[ZONE];
    if (zone !== undefined) zones.set(zone, (zones.get(zone) ?? 0) + node.podsOf(owner));
  }
  return (node) => node.podsOf(owner) + (zones.get(node.labels[ZONE] ?? '') ?? 0);
}
