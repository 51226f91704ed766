import type { ServiceAccount } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { serviceAccountTableCells } from './table-cells.ts';

/** A secret is named, and is in the account's own namespace. */
function keepNamesOfSecrets(draft: ServiceAccount): void {
  if (draft.secrets) draft.secrets = draft.secrets.map(({ name }) => (name ? { name } : {}));
}

/** The meaning of ServiceAccounts. */
export const serviceAccountStrategy: Strategy<ServiceAccount> = {
  prepareForCreate: keepNamesOfSecrets,
  prepareForUpdate: keepNamesOfSecrets,
  withoutGeneration: true,
  returnsDeletedObject: true,
  tableCells: serviceAccountTableCells,
};
