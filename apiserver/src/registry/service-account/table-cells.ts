import type { ServiceAccount } from '@kubarium/shared';
import { age } from '../printing/age.ts';

/** The columns of `kubectl get serviceaccounts`. */
export const serviceAccountTableCells = ({ metadata }: ServiceAccount, nowMs: number): unknown[] => [
  metadata.name,
  age(metadata.creationTimestamp, nowMs),
];
