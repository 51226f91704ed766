import { labelSelectorMatches, type PodAffinityTerm } from '@kubarium/shared';
import type { NodeInfo } from '../node-info.ts';
import { unfit, unfitNow, type FilterPlugin, type ScorePlugin } from '../plugin.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * Whether a term that `from` states is about `other`. Namespaces default to the pod's own.
 *
 * Simplified: a namespaceSelector that is not empty selects no namespace, since the snapshot holds no namespaces' labels; the
 * empty one selects all.
 */
function termIsAbout(term: PodAffinityTerm, from: PodInfo, other: PodInfo): boolean {
  const listed = term.namespaces ?? [];
  const all = term.namespaceSelector !== undefined && Object.keys(term.namespaceSelector).length === 0;
  const inNamespace =
    all ||
    listed.includes(other.namespace) ||
    (listed.length === 0 && term.namespaceSelector === undefined && other.namespace === from.namespace);
  return inNamespace && labelSelectorMatches(term.labelSelector, other.pod.metadata.labels);
}

/** The values of the term's topology key where a pod that it is about runs. */
function domainsOf(term: PodAffinityTerm, from: PodInfo, snapshot: Snapshot): Set<string> {
  const domains = new Set<string>();
  for (const node of snapshot.nodes.values()) {
    const domain = node.labels[term.topologyKey];
    if (domain === undefined || domains.has(domain)) continue;
    for (const other of node.pods.values()) {
      if (termIsAbout(term, from, other)) {
        domains.add(domain);
        break;
      }
    }
  }
  return domains;
}

/** Holds required pod affinity and anti-affinity, that of the pod and that of the pods already placed. */
export const interPodAffinity: FilterPlugin = {
  name: 'InterPodAffinity',
  prepare(pod, snapshot) {
    const affinity = pod.pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const together = affinity.map((term) => ({ term, domains: domainsOf(term, pod, snapshot) }));
    // The first pod of a group that wants to be with its own kind may go anywhere that has the topology.
    const isFirst = together.every(({ term, domains }) => domains.size === 0 && termIsAbout(term, pod, pod));
    const apart = pod.requiredAntiAffinity.map((term) => ({ term, domains: domainsOf(term, pod, snapshot) }));
    const refusals = refusalsOfOthers(pod, snapshot);
    if (together.length === 0 && apart.length === 0 && refusals.length === 0) return undefined;
    const isIn = (node: NodeInfo, { term, domains }: (typeof together)[number]): boolean =>
      domains.has(node.labels[term.topologyKey] ?? '');
    return (node) => {
      const misses = together.some((one) =>
        isFirst ? node.labels[one.term.topologyKey] === undefined : !isIn(node, one),
      );
      if (misses) return unfit("node(s) didn't match pod affinity rules");
      if (apart.some((one) => isIn(node, one))) return unfitNow("node(s) didn't match pod anti-affinity rules");
      if (refusals.some(({ key, domain }) => node.labels[key] === domain)) {
        return unfitNow("node(s) didn't satisfy existing pods anti-affinity rules");
      }
      return undefined;
    };
  },
};

function refusalsOfOthers(pod: PodInfo, snapshot: Snapshot): { key: string; domain: string }[] {
  const refusals: { key: string; domain: string }[] = [];
  for (const { node, info } of snapshot.antiAffinePods) {
    for (const term of info.requiredAntiAffinity) {
      const domain = snapshot.nodes.get(node)?.labels[term.topologyKey];
      if (domain !== undefined && termIsAbout(term, info, pod)) refusals.push({ key: term.topologyKey, domain });
    }
  }
  return refusals;
}

/**
 * Prefers domains by what the pod would rather be near to or away from, once for each pod there that a term is about, and by what the
 * pods already placed say about it.
 */
export const preferredPods: ScorePlugin = {
  name: 'InterPodAffinity',
  weight: 2,
  best: 'most',
  prepare(pod, snapshot) {
    /** Sums by topology key, then domain. */
    const sums = new Map<string, Map<string, number>>();
    const add = (node: NodeInfo | undefined, key: string, weight: number): void => {
      const domain = node?.labels[key];
      if (domain === undefined) return;
      let domains = sums.get(key);
      if (domains === undefined) sums.set(key, (domains = new Map()));
      domains.set(domain, (domains.get(domain) ?? 0) + weight);
    };
    if (pod.preferences.length > 0) {
      for (const node of snapshot.nodes.values()) {
        for (const other of node.pods.values()) {
          for (const { term, weight } of pod.preferences) {
            if (termIsAbout(term, pod, other)) add(node, term.topologyKey, weight);
          }
        }
      }
    }
    for (const { node, info, attractions } of snapshot.attractingPods) {
      for (const { term, weight } of attractions) {
        if (termIsAbout(term, info, pod)) add(snapshot.nodes.get(node), term.topologyKey, weight);
      }
    }
    if (sums.size === 0) return undefined;
    return (node) => {
      let sum = 0;
      for (const [key, domains] of sums) sum += domains.get(node.labels[key] ?? '') ?? 0;
      return sum;
    };
  },
};
