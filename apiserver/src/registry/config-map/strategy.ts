import type { ConfigMap } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { configMapTableCells } from './table-cells.ts';
import { validateConfigMap, validateConfigMapChange } from './validation.ts';

/** The meaning of ConfigMaps. */
export const configMapStrategy: Strategy<ConfigMap> = {
  withoutGeneration: true,
  validate: validateConfigMap,
  validateUpdate: validateConfigMapChange,
  tableCells: configMapTableCells,
};
