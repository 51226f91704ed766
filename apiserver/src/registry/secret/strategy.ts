import type { Secret } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { secretDefaults } from './defaults.ts';
import { secretTableCells } from './table-cells.ts';

/** The meaning of Secrets. */
export const secretStrategy: Strategy<Secret> = {
  defaults: secretDefaults,
  withoutGeneration: true,
  selectableFields: ({ type }) => ({ type: type ?? '' }),
  tableCells: secretTableCells,
};
