import { deepEqual, type Endpoint, type Node, parseQuantity } from '@kubarium/shared';
import { zoneOf } from './desired-endpoints.ts';
import type { Filling } from './fill-slices.ts';

/** How much more than its share an endpoint may have to bear. */
const OVERLOAD_MAX = 0.2;
const NOT_COUNTED = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** The share of each zone in the CPUs of the ready nodes; undefined where they cannot be told, or are all of one zone. */
export type ZoneShares = ReadonlyMap<string, number> | undefined;

/** The zones' shares. One ready node without a zone or CPUs is enough for them not to be known. */
export function zoneShares(nodes: readonly Node[]): ZoneShares {
  const cpus = new Map<string, number>();
  let total = 0;
  for (const node of nodes) {
    if (!counts(node)) continue;
    const zone = zoneOf(node) ?? '';
    const millis = parseQuantity(cpuOf(node)).milliValue();
    if (zone === '' || millis === 0) return undefined;
    add(cpus, zone, millis);
    total += millis;
  }
  if (cpus.size < 2) return undefined;
  return new Map([...cpus].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([zone, cpu]) => [zone, cpu / total]));
}

/** Whether a node is where it was and gives its zone what it gave before. */
export const isSameToZones = (node: Node, before: Node): boolean =>
  zoneOf(node) === zoneOf(before) && counts(node) === counts(before) && cpuOf(node) === cpuOf(before);

const counts = ({ metadata, status }: Node): boolean =>
  NOT_COUNTED.every((label) => metadata.labels?.[label] === undefined) &&
  status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';

const cpuOf = ({ status }: Node): string => status.allocatable?.['cpu'] ?? '0';

interface Allocation {
  readonly minimum: number;
  readonly maximum: number;
  readonly desired: number;
}

/**
 * Hints by which each zone is served by a part of the ready endpoints that is like its share of the CPUs, preferably by its own:
 *
 * 1. Unchanged slices keep their hints where all their ready endpoints have some, for zones that are, none getting too many.
 * 2. In all others each endpoint is for its own zone,
 * 3. and zones that have one too many give to those that lack one.
 *
 * The answer is why no hints can be given; what is there then is left as it is. Source: KEP-2433; k8s.io/endpointslice/topologycache.
 */
export function shareOutHints(fillings: readonly Filling[], shares: ZoneShares): string | undefined {
  const count = fillings.flatMap(({ endpoints }) => endpoints).filter(isReady).length;
  const allocations = allocate(count, shares);
  if (typeof allocations === 'string') return allocations;
  const hinted = new Map<string, number>();
  const open: Filling[] = [];
  for (const filling of fillings) {
    const kept = filling.isChanged ? undefined : keptHints(filling.endpoints, hinted, allocations);
    if (kept === undefined) open.push(filling);
    else for (const [zone, number] of kept) add(hinted, zone, number);
  }
  const places = open.flatMap((filling) => filling.endpoints.map((endpoint, index) => ({ filling, index, endpoint })));
  const ready = places.filter(({ endpoint }) => isReady(endpoint));
  if (ready.some(({ endpoint }) => (endpoint.zone ?? '') === '')) {
    return 'One or more endpoints do not have a zone specified';
  }
  const zones = ready.map(({ endpoint }) => endpoint.zone!);
  for (const zone of zones) add(hinted, zone, 1);
  if (hinted.size === 0) return 'No hints allocated for zones';
  const { giving, receiving } = balance(allocations, hinted);
  for (const [at, zone] of zones.entries()) {
    const [receiver] = receiving.keys();
    if (receiver === undefined || !giving.has(zone)) continue;
    zones[at] = receiver;
    takeOne(giving, zone);
    takeOne(receiving, receiver);
  }
  for (const { filling, index, endpoint } of places) {
    const { hints, ...rest } = endpoint;
    const wanted = isReady(endpoint) ? { forZones: [{ name: zones.shift()! }] } : undefined;
    if (deepEqual(hints, wanted)) continue;
    filling.endpoints[index] = wanted === undefined ? rest : { ...rest, hints: wanted };
    filling.isChanged = true;
  }
  return undefined;
}

function allocate(count: number, shares: ZoneShares): ReadonlyMap<string, Allocation> | string {
  if (shares === undefined) {
    return 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes';
  }
  const told = `(${count} endpoints, ${shares.size} zones)`;
  if (shares.size > count) return `Insufficient number of endpoints ${told}`;
  const least = [...shares].map(([zone, share]) => {
    const minimum = Math.ceil((share * count) / (1 + OVERLOAD_MAX));
    return { zone, minimum, desired: Math.max(share * count, minimum) };
  });
  const spare = count - least.reduce((sum, { minimum }) => sum + minimum, 0);
  if (spare < 0) {
    return `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ${told}`;
  }
  return new Map(
    least.map(({ zone, minimum, desired }) => [zone, { minimum, maximum: minimum + spare, desired }] as const),
  );
}

/** The hints of a slice by zone; undefined where they will not do beside those that are given already. */
function keptHints(
  endpoints: readonly Endpoint[],
  hinted: ReadonlyMap<string, number>,
  allocations: ReadonlyMap<string, Allocation>,
): ReadonlyMap<string, number> | undefined {
  const kept = new Map<string, number>();
  for (const endpoint of endpoints) {
    if (!isReady(endpoint)) continue;
    const zones = endpoint.hints?.forZones ?? [];
    if (zones.length === 0) return undefined;
    for (const { name } of zones) add(kept, name, 1);
  }
  const fits = [...kept].every(([zone, number]) => {
    const allocation = allocations.get(zone);
    return allocation !== undefined && number + (hinted.get(zone) ?? 0) <= allocation.maximum;
  });
  return fits ? kept : undefined;
}

/** How many endpoints each zone gives to others, and how many it gets: no more than makes things better. */
function balance(allocations: ReadonlyMap<string, Allocation>, hinted: ReadonlyMap<string, number>) {
  const surplus = new Map([...allocations].map(([zone, { desired }]) => [zone, (hinted.get(zone) ?? 0) - desired]));
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const zones = [...surplus].toSorted(([, a], [, b]) => b - a);
    const [[giver, more], [receiver, less]] = [zones[0]!, zones.at(-1)!];
    const lack = -less;
    if (more < 0.5 || lack < 0.5 || (more < 1 && lack < 1)) return { giving, receiving };
    add(giving, giver, 1);
    add(receiving, receiver, 1);
    add(surplus, giver, -1);
    add(surplus, receiver, 1);
  }
}

const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready === true;

const add = (to: Map<string, number>, key: string, number: number): void =>
  void to.set(key, (to.get(key) ?? 0) + number);

function takeOne(from: Map<string, number>, key: string): void {
  const left = from.get(key)! - 1;
  if (left === 0) from.delete(key);
  else from.set(key, left);
}
