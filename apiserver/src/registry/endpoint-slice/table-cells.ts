import type { EndpointSlice } from '@kubarium/shared';
import { age } from '../printing/age.ts';
import { listText } from '../printing/list-text.ts';

/** The columns of `kubectl get endpointslices`. */
export function endpointSliceTableCells(slice: EndpointSlice, nowMs: number): unknown[] {
  const { metadata, addressType, ports, endpoints } = slice;
  return [
    metadata.name,
    addressType,
    listText(
      (ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : `${port}`)),
      '<unset>',
    ),
    listText(
      (endpoints ?? []).flatMap(({ addresses }) => addresses ?? []),
      '<unset>',
    ),
    age(metadata.creationTimestamp, nowMs),
  ];
}
