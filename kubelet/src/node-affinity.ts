import { type Node, type Pod, selectsNode, tolerates } from '@kubarium/shared';
import type { Refusal } from './node-ledger.ts';

/** Whether a pod may be on a node by its nodeSelector and required node affinity, and whether it bears its NoExecute taints. */
export function nodeRefusal(pod: Pod, node: Node): Refusal | undefined {
  if (!selectsNode(pod.spec, { name: node.metadata.name, labels: node.metadata.labels ?? {} }))
    return {
      reason: 'NodeAffinity',
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    };
  const isRepelled = (node.spec.taints ?? []).some(
    (taint) => taint.effect === 'NoExecute' && !tolerates(pod.spec.tolerations, taint),
  );
  return isRepelled
    ? {
        reason: 'TaintToleration',
        message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
      }
    : undefined;
}
