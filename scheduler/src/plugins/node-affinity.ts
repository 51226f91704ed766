import { matchesNodeSelectorTerm, type NodeSelectorTerm, selectsNode } from '@kubarium/shared';
import { unfit, type FilterPlugin, type ScorePlugin } from '../plugin.ts';

/** Keeps pods to the nodes that their nodeSelector and required node affinity name. */
export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  candidates: ({ pod }) =>
    namesOf(pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []),
  prepare({ pod }) {
    const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (pod.spec.nodeSelector === undefined && required === undefined) return undefined;
    return (node) =>
      selectsNode(pod.spec, node) ? undefined : unfit("node(s) didn't match Pod's node affinity/selector");
  },
};

/** The nodes that the terms name by `metadata.name`, as a DaemonSet's pods do; undefined where a term leaves the name open. */
function namesOf(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    const lists = matchFields.flatMap(({ key, operator, values = [] }) =>
      key === 'metadata.name' && operator === 'In' ? [values] : [],
    );
    if (lists.length === 0) return undefined;
    for (const name of lists[0]!) if (lists.every((list) => list.includes(name))) names.add(name);
  }
  return terms.length === 0 ? undefined : names;
}

/** Prefers nodes by the weights of the preferred node affinity terms that they match. */
export const preferredNodes: ScorePlugin = {
  name: 'NodeAffinity',
  weight: 2,
  best: 'most',
  prepare({ pod }) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    if (preferred === undefined || preferred.length === 0) return undefined;
    return (node) =>
      preferred.reduce(
        (sum, { weight, preference }) => sum + (matchesNodeSelectorTerm(preference, node) ? weight : 0),
        0,
      );
  },
};
