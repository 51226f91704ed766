import type { Secret } from '@kubarium/shared';
import { age } from '../printing/age.ts';

/** The columns of `kubectl get secrets`. */
export const secretTableCells = ({ metadata, type, data }: Secret, nowMs: number): unknown[] => [
  metadata.name,
  type ?? '',
  Object.keys(data ?? {}).length,
  age(metadata.creationTimestamp, nowMs),
];
