import type { ConfigMap } from '@kubarium/shared';
import { age } from '../printing/age.ts';

/** The columns of `kubectl get configmaps`. */
export const configMapTableCells = ({ metadata, data, binaryData }: ConfigMap, nowMs: number): unknown[] => [
  metadata.name,
  Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
  age(metadata.creationTimestamp, nowMs),
];
