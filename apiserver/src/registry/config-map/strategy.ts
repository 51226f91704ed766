import type { ConfigMap } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { configMapTableCells } from './table-cells.ts';

/** The meaning of ConfigMaps. */
export const configMapStrategy: Strategy<ConfigMap> = {
  withoutGeneration: true,
  tableCells: configMapTableCells,
};
