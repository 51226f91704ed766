import { parseTimestamp, type Pod } from '@kubarium/shared';
import { isPodReady, podCondition } from '../pod-state.ts';

const PHASE_RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * The pods in the order in which a scale-down takes them (kubernetes/pkg/controller, ActivePodsWithRanks): (1) not assigned, (2) Pending,
 * then Unknown, then Running, (3) not ready, (4) lower controller.kubernetes.io/pod-deletion-cost, (5) more related pods on the
 * same node, (6) ready for a shorter time, (7) more restarts, (8) younger. Times count by powers of two (KEP-2185), then by uid.
 */
export function deletionOrder(pods: readonly Pod[], relatedOnNode: ReadonlyMap<string, number>, nowMs: number): Pod[] {
  const ranked = pods.map((pod) => ({ pod, ranks: ranks(pod, relatedOnNode, nowMs) }));
  ranked.sort((a, b) => {
    for (let i = 0; i < a.ranks.length; i++) {
      const difference = a.ranks[i]! - b.ranks[i]!;
      if (difference !== 0) return difference;
    }
    return a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1;
  });
  return ranked.map(({ pod }) => pod);
}

/** The figures that decide, the most important first; the lower goes first. */
function ranks(pod: Pod, relatedOnNode: ReadonlyMap<string, number>, nowMs: number): number[] {
  const { nodeName = '' } = pod.spec;
  const isReady = isPodReady(pod);
  const readySince = isReady ? podCondition(pod, 'Ready')?.lastTransitionTime : undefined;
  return [
    nodeName === '' ? 0 : 1,
    PHASE_RANK[pod.status.phase ?? 'Pending'] ?? 0,
    isReady ? 1 : 0,
    deletionCost(pod),
    -(relatedOnNode.get(nodeName) ?? 0),
    logarithmicAge(readySince, nowMs),
    -restarts(pod),
    logarithmicAge(pod.metadata.creationTimestamp, nowMs),
  ];
}

function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? '';
  return /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : 0;
}

function logarithmicAge(since: string | undefined, nowMs: number): number {
  const ageMs = since === undefined ? 0 : nowMs - parseTimestamp(since);
  return ageMs <= 0 ? -1 : Math.floor(Math.log2(ageMs * 1e6));
}

const restarts = (pod: Pod): number =>
  Math.max(0, ...(pod.status.containerStatuses ?? []).map(({ restartCount }) => restartCount));
