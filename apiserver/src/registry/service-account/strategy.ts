import type { ServiceAccount } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { serviceAccountTableCells } from './table-cells.ts';

/** The meaning of ServiceAccounts. */
export const serviceAccountStrategy: Strategy<ServiceAccount> = {
  withoutGeneration: true,
  returnsDeletedObject: true,
  tableCells: serviceAccountTableCells,
};
