import type { Secret } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { secretDefaults } from './defaults.ts';
import { secretTableCells } from './table-cells.ts';
import { validateSecret, validateSecretChange } from './validation.ts';

/** The meaning of Secrets. */
export const secretStrategy: Strategy<Secret> = {
  defaults: secretDefaults,
  withoutGeneration: true,
  validate: validateSecret,
  validateUpdate: validateSecretChange,
  selectableFields: { type: ({ type }) => type ?? '' },
  tableCells: secretTableCells,
};
