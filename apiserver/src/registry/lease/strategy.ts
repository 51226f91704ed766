import type { Lease } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { leaseTableCells } from './table-cells.ts';
import { validateLease } from './validation.ts';

/** Fields of coordinated leader election, which is off by default. */
function dropCoordination({ spec }: Lease): void {
  delete spec.strategy;
  delete spec.preferredHolder;
}

/** The meaning of Leases. */
export const leaseStrategy: Strategy<Lease> = {
  checksGenerateName: 'on create',
  takesAnyFinalizer: true,
  allowCreateOnUpdate: true,
  requiresResourceVersion: true,
  withoutGeneration: true,
  prepareForCreate: dropCoordination,
  prepareForUpdate: dropCoordination,
  validate: validateLease,
  tableCells: leaseTableCells,
};
