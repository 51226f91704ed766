import type { Endpoints } from '@kubarium/shared';
import { age } from '../printing/age.ts';
import { listText } from '../printing/list-text.ts';

/** The columns of `kubectl get endpoints`. */
export function endpointsTableCells(endpoints: Endpoints, nowMs: number): unknown[] {
  const { metadata, subsets = [] } = endpoints;
  const entries = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  );
  return [
    metadata.name,
    listText(entries, subsets.length === 0 ? '<none>' : ''),
    age(metadata.creationTimestamp, nowMs),
  ];
}
