import {
  type Draft,
  labelSelectorMatches,
  type Pod,
  type PodTemplateSpec,
  type ReplicaSetCondition,
  type ReplicaSetStatus,
  type Resource,
  timestamp,
} from '@kubarium/shared';
import { controllerReference } from '../ownership.ts';
import { isPodActive, isPodReady, isPodTerminal, podAvailableAtMs } from '../pod-state.ts';
import { deletionOrder } from './deletion-order.ts';
import type { ReplicaOwner } from './replica-owner.ts';

/** How many pods one pass creates or deletes at most. */
const BURST = 500;

export interface ScalePlan {
  /** How many pods to create. */
  readonly create: number;
  readonly remove: readonly Pod[];
  /** True where the burst limit left some for the next pass. */
  readonly isPartial: boolean;
}

/** What brings the number of active pods to `spec.replicas`. `related` are all pods of the same workload, for the spread over nodes. */
export function scalePlan(
  owner: ReplicaOwner,
  owned: readonly Pod[],
  related: () => readonly Pod[],
  nowMs: number,
): ScalePlan {
  const wanted = owner.spec.replicas ?? 1;
  const active = owned.filter(isPodActive);
  const missing = wanted - active.length;
  if (missing >= 0) return { create: Math.min(missing, BURST), remove: [], isPartial: missing > BURST };
  const surplus = Math.min(-missing, BURST);
  const order = wanted === 0 ? active : deletionOrder(active, podsByNode(related()), nowMs);
  return { create: 0, remove: order.slice(0, surplus), isPartial: -missing > BURST };
}

function podsByNode(pods: readonly Pod[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    if (!isPodActive(pod)) continue;
    const node = pod.spec.nodeName ?? '';
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}

/** The pod that a template makes, owned by the object of that resource. */
export function podFromTemplate(owner: ReplicaOwner, resource: Resource, template: PodTemplateSpec): Draft<Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerReference(resource, owner)],
    },
    ...(template.spec === undefined ? {} : { spec: template.spec }),
  };
}

/** Why the last pass could not bring the number of pods to what is wanted. */
export interface ScaleFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

export interface StatusOptions {
  readonly failure?: ScaleFailure | undefined;
  readonly nowMs: number;
  readonly countsTerminating: boolean;
}

/** The status of one with these pods; `nextCheckMs` is when a ready pod is next going to be available. */
export function replicaStatus(
  owner: ReplicaOwner,
  owned: readonly Pod[],
  { failure, nowMs, countsTerminating }: StatusOptions,
): { status: ReplicaSetStatus; nextCheckMs: number | undefined } {
  const minReadySeconds = owner.spec.minReadySeconds ?? 0;
  const templateLabels = { matchLabels: owner.spec.template?.metadata?.labels ?? {} };
  const counts = {
    replicas: 0,
    fullyLabeledReplicas: 0,
    readyReplicas: 0,
    availableReplicas: 0,
    terminatingReplicas: 0,
  };
  let nextCheckMs: number | undefined;
  for (const pod of owned) {
    if (isPodTerminal(pod)) continue;
    if (pod.metadata.deletionTimestamp !== undefined) {
      counts.terminatingReplicas++;
      continue;
    }
    counts.replicas++;
    if (labelSelectorMatches(templateLabels, pod.metadata.labels)) counts.fullyLabeledReplicas++;
    if (!isPodReady(pod)) continue;
    counts.readyReplicas++;
    const availableAtMs = podAvailableAtMs(pod, minReadySeconds);
    if (availableAtMs === undefined) continue;
    if (availableAtMs <= nowMs) counts.availableReplicas++;
    else if (nextCheckMs === undefined || availableAtMs < nextCheckMs) nextCheckMs = availableAtMs;
  }
  const conditions = replicaSetConditions(owner.status.conditions ?? [], failure, nowMs);
  const status: ReplicaSetStatus = {
    ...presentCounts(counts, countsTerminating),
    observedGeneration: owner.metadata.generation,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
  return { status, nextCheckMs };
}

/** Counts as the API spells them: zero is left out, but for `replicas` and `terminatingReplicas`. */
function presentCounts<C extends { replicas: number; terminatingReplicas: number }>(
  counts: C,
  countsTerminating: boolean,
): C {
  const isShown = ([name, value]: [string, number]): boolean =>
    name === 'terminatingReplicas' ? countsTerminating : value !== 0 || name === 'replicas';
  return Object.fromEntries(Object.entries(counts as Record<string, number>).filter(isShown)) as unknown as C;
}

function replicaSetConditions(
  current: readonly ReplicaSetCondition[],
  failure: ScaleFailure | undefined,
  nowMs: number,
): ReplicaSetCondition[] {
  const others = current.filter(({ type }) => type !== 'ReplicaFailure');
  if (failure === undefined) return others;
  const known = current.find(({ type }) => type === 'ReplicaFailure');
  if (known !== undefined) return [...current];
  return [...others, { type: 'ReplicaFailure', status: 'True', ...failure, lastTransitionTime: timestamp(nowMs) }];
}
