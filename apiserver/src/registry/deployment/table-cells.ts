import type { Deployment } from '@kubarium/shared';
import { age } from '../printing/age.ts';
import { containerCells } from '../printing/container-cells.ts';
import { selectorText } from '../printing/selector-text.ts';

/** The columns of `kubectl get deployments -o wide`. */
export function deploymentTableCells({ metadata, spec, status }: Deployment, nowMs: number): unknown[] {
  return [
    metadata.name,
    `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    status.updatedReplicas ?? 0,
    status.availableReplicas ?? 0,
    age(metadata.creationTimestamp, nowMs),
    ...containerCells(spec.template),
    selectorText(spec.selector, ''),
  ];
}
