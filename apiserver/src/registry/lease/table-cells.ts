import type { Lease } from '@kubarium/shared';
import { age } from '../printing/age.ts';

/** The columns of `kubectl get leases`. */
export const leaseTableCells = ({ metadata, spec }: Lease, nowMs: number): unknown[] => [
  metadata.name,
  spec.holderIdentity ?? '',
  age(metadata.creationTimestamp, nowMs),
];
