import type { ReplicaSet } from '@kubarium/shared';
import { age } from '../printing/age.ts';
import { containerCells } from '../printing/container-cells.ts';
import { selectorText } from '../printing/selector-text.ts';

/** The columns of `kubectl get replicasets -o wide`. */
export function replicaSetTableCells({ metadata, spec, status }: ReplicaSet, nowMs: number): unknown[] {
  return [
    metadata.name,
    spec.replicas ?? 0,
    status.replicas ?? 0,
    status.readyReplicas ?? 0,
    age(metadata.creationTimestamp, nowMs),
    ...containerCells(spec.template),
    selectorText(spec.selector),
  ];
}
