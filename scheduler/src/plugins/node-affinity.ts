import type { NodeSelectorRequirement, NodeSelectorTerm } from '@kubarium/shared';
import type { NodeInfo } from '../node-info.ts';
import { unfit, type FilterPlugin, type ScorePlugin } from '../plugin.ts';

/** Keeps pods to the nodes that their nodeSelector and required node affinity name. */
export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  candidates: ({ pod }) =>
    namesOf(pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []),
  prepare({ pod }) {
    const selector = Object.entries(pod.spec.nodeSelector ?? {});
    const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    if (selector.length === 0 && terms === undefined) return undefined;
    return (node) => {
      const chosen =
        selector.every(([key, value]) => node.labels[key] === value) &&
        (terms === undefined || terms.some((term) => termMatches(term, node)));
      return chosen ? undefined : unfit("node(s) didn't match Pod's node affinity/selector");
    };
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
      preferred.reduce((sum, { weight, preference }) => sum + (termMatches(preference, node) ? weight : 0), 0);
  },
};

/** A term without requirements selects nothing. */
function termMatches(term: NodeSelectorTerm, node: NodeInfo): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((requirement) => requirementHolds(requirement, node.labels[requirement.key])) &&
    fields.every((requirement) =>
      requirementHolds(requirement, requirement.key === 'metadata.name' ? node.name : undefined),
    )
  );
}

function requirementHolds({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return isWhole(value) && isWhole(values[0]) && BigInt(value) > BigInt(values[0]);
    case 'Lt':
      return isWhole(value) && isWhole(values[0]) && BigInt(value) < BigInt(values[0]);
  }
}

const isWhole = (text: string | undefined): text is string => text !== undefined && /^-?\d+$/.test(text);
