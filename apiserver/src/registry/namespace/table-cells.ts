import type { Namespace } from '@kubarium/shared';
import { age } from '../printing/age.ts';

/** The columns of `kubectl get namespaces`. */
export const namespaceTableCells = ({ metadata, status }: Namespace, nowMs: number): unknown[] => [
  metadata.name,
  status.phase ?? '',
  age(metadata.creationTimestamp, nowMs),
];
