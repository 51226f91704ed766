import type { Lease } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { leaseTableCells } from './table-cells.ts';
import { validateLease } from './validation.ts';

/** The meaning of Leases. */
export const leaseStrategy: Strategy<Lease> = {
  allowCreateOnUpdate: true,
  requiresResourceVersion: true,
  withoutGeneration: true,
  validate: validateLease,
  tableCells: leaseTableCells,
};
