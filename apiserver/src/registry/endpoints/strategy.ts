import type { Endpoints } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { ipWarnings } from '../validation/ip.ts';
import { endpointsTableCells } from './table-cells.ts';
import { validateEndpoints } from './validation.ts';

/** The meaning of Endpoints. */
export const endpointsStrategy: Strategy<Endpoints> = {
  defaults(draft) {
    for (const { ports } of draft.subsets ?? []) for (const port of ports ?? []) port.protocol ||= 'TCP';
  },
  allowCreateOnUpdate: true,
  withoutGeneration: true,
  validate: validateEndpoints,
  warnings: ({ subsets = [] }) =>
    subsets.flatMap((subset, index) =>
      (['addresses', 'notReadyAddresses'] as const).flatMap((key) =>
        (subset[key] ?? []).flatMap(({ ip }, at) => ipWarnings(ip, `subsets[${index}].${key}[${at}].ip`)),
      ),
    ),
  tableCells: endpointsTableCells,
};
