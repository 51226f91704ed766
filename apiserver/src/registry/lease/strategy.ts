import type { Lease } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { leaseTableCells } from './table-cells.ts';

/** The meaning of Leases. */
export const leaseStrategy: Strategy<Lease> = {
  allowCreateOnUpdate: true,
  withoutGeneration: true,
  tableCells: leaseTableCells,
};
