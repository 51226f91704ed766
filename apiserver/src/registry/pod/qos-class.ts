import type { PodSpec } from '@kubarium/shared';
import { parseQuantity, Quantity } from '@kubarium/shared';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

type Amounts = Readonly<Record<string, string>> | undefined;

const COMPUTE = ['cpu', 'memory'] as const;

/**
 * A pod's quality of service: Guaranteed where every container limits CPU and memory and requests as much as it limits, BestEffort
 * where none requests or limits either, Burstable otherwise (docs: "Pod Quality of Service Classes").
 */
export function qosClass(spec: PodSpec): QosClass {
  const holders = spec.resources?.requests || spec.resources?.limits ? [spec] : containersOf(spec);
  let guaranteed = true;
  let bestEffort = true;
  const requests: Record<string, Quantity> = {};
  const limits: Record<string, Quantity> = {};
  for (const { resources } of holders) {
    addPositive(requests, resources?.requests);
    addPositive(limits, resources?.limits);
    if (!COMPUTE.every((name) => positive(resources?.limits, name) !== undefined)) guaranteed = false;
  }
  if (Object.keys(requests).length + Object.keys(limits).length > 0) bestEffort = false;
  if (bestEffort) return 'BestEffort';
  const same = Object.keys(requests).length === Object.keys(limits).length;
  const equal = Object.entries(requests).every(([name, amount]) => limits[name]?.compare(amount) === 0);
  return guaranteed && same && equal ? 'Guaranteed' : 'Burstable';
}

const containersOf = (spec: PodSpec) => [...(spec.containers ?? []), ...(spec.initContainers ?? [])];

function addPositive(sums: Record<string, Quantity>, amounts: Amounts): void {
  for (const name of COMPUTE) {
    const amount = positive(amounts, name);
    if (amount !== undefined) sums[name] = (sums[name] ?? Quantity.zero).add(amount);
  }
}

function positive(amounts: Amounts, name: string): Quantity | undefined {
  const text = amounts?.[name];
  if (text === undefined) return undefined;
  const amount = parseQuantity(`${text}`);
  return amount.sign > 0 ? amount : undefined;
}
