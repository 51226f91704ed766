import type { NodeSelectorRequirement, NodeSelectorTerm, Pod } from '../api/core-v1.ts';

/** What selectors ask of a node. */
export interface SelectableNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Whether a pod's nodeSelector and required node affinity allow a node (API docs of NodeAffinity). */
export function selectsNode({ nodeSelector, affinity }: Pod['spec'], node: SelectableNode): boolean {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return (
    Object.entries(nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value) &&
    (terms === undefined || terms.some((term) => matchesNodeSelectorTerm(term, node)))
  );
}

/** Whether a node fits all requirements of a term. A term without requirements selects nothing. */
export function matchesNodeSelectorTerm(term: NodeSelectorTerm, { name, labels }: SelectableNode): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => holds(requirement, requirement.key === 'metadata.name' ? name : undefined))
  );
}

function holds({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
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
