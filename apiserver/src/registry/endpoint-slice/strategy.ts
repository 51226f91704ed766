import type { EndpointSlice } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { ipWarnings } from '../validation/ip.ts';
import { endpointSliceTableCells } from './table-cells.ts';
import { validateEndpointSlice, validateEndpointSliceChange } from './validation.ts';

/** What v1beta1 had in it stands in `nodeName` and `zone`; v1 only keeps what is there. */
function dropTopology({ endpoints }: EndpointSlice): void {
  for (const endpoint of endpoints ?? []) delete endpoint.deprecatedTopology;
}

/** The meaning of EndpointSlices. */
export const endpointSliceStrategy: Strategy<EndpointSlice> = {
  defaults(draft) {
    for (const port of draft.ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  prepareForCreate: dropTopology,
  prepareForUpdate(draft, old) {
    if (!deepEqual(draft.endpoints, old.endpoints)) dropTopology(draft);
  },
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceChange,
  warnings: ({ addressType, endpoints }) =>
    addressType === 'FQDN'
      ? []
      : (endpoints ?? []).flatMap(({ addresses }, index) =>
          (addresses ?? []).flatMap((ip, at) => ipWarnings(ip, `endpoints[${index}].addresses[${at}]`)),
        ),
  bumpsGeneration: (draft, old) => !deepEqual(content(draft), content(old)),
  tableCells: endpointSliceTableCells,
};

/** Labels and annotations count as content here: consumers read the Service's name and the owner from them. */
const content = ({ metadata, ports, endpoints }: EndpointSlice): unknown => [
  metadata.labels,
  metadata.annotations,
  ports,
  endpoints,
];
