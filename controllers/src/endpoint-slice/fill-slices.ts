import { deepEqual, type Endpoint, type EndpointSlice, type EndpointSlicePort } from '@kubarium/shared';
import type { PortGroup } from './desired-endpoints.ts';

const ENDPOINTS_MAX = 100;

/** A slice in the making: which object it is to be (undefined: a new one), and what it is to hold. */
export interface Filling {
  readonly slice: EndpointSlice | undefined;
  readonly ports: readonly EndpointSlicePort[];
  endpoints: Endpoint[];
  isChanged: boolean;
}

/**
 * Puts the endpoints of one set of ports into slices: (1) each slice keeps what it holds and loses what is gone; (2) new endpoints go
 * into slices that change anyway, the fullest first; (3) what is left goes into one unchanged slice that has room for all of it, else
 * into new slices. Kept endpoints keep their hints, new ones have none.
 */
export function fillSlices(
  { ports, endpoints }: PortGroup,
  slices: readonly EndpointSlice[],
  labels: object,
): readonly Filling[] {
  const missing = new Map(endpoints);
  const fillings = slices.map((slice): Filling => {
    let isChanged = !deepEqual(slice.metadata.labels, labels);
    const kept: Endpoint[] = [];
    for (const current of slice.endpoints ?? []) {
      const uid = current.targetRef?.uid ?? '';
      const wanted = missing.get(uid);
      if (wanted?.isAt(current) === true) {
        missing.delete(uid);
        kept.push(wanted.isSame(current) ? current : wanted.make(current.hints));
      }
      if (kept.at(-1) !== current) isChanged = true;
    }
    return { slice, ports, endpoints: kept, isChanged };
  });
  const rest = Array.from(missing.values(), (wanted) => wanted.make());
  const bySizeDescending = (a: Filling, b: Filling): number => b.endpoints.length - a.endpoints.length;
  const add = (filling: Filling): void => {
    filling.endpoints.push(...rest.splice(0, ENDPOINTS_MAX - filling.endpoints.length));
    filling.isChanged = true;
  };
  for (const filling of fillings.filter(({ isChanged }) => isChanged).sort(bySizeDescending)) {
    if (rest.length > 0) add(filling);
  }
  while (rest.length > 0) {
    const roomy = fillings
      .filter(({ isChanged, endpoints: held }) => !isChanged && held.length + rest.length <= ENDPOINTS_MAX)
      .sort(bySizeDescending)[0];
    const filling = roomy ?? { slice: undefined, ports, endpoints: [], isChanged: true };
    if (roomy === undefined) fillings.push(filling);
    add(filling);
  }
  return fillings;
}
