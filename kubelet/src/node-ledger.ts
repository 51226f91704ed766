import { type Container, type HostPort, parseQuantity, type Pod } from '@kubarium/shared';
import { hostPorts } from './container/pod-sandbox.ts';
import { roleOfInit } from './restart-policy.ts';

/** Amounts by resource: cpu in thousandths, all else in whole units (bytes, pieces). */
export type Amounts = Readonly<Record<string, number>>;

/** Why a node does not take a pod. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/** What a pod asks of its node, as the scheduler counts it: the largest of all containers together and each init container. */
export function podRequests(pod: Pod): Amounts {
  const total: Record<string, number> = {};
  const add = (to: Record<string, number>, { resources }: Pick<Container, 'resources'>): void => {
    for (const [name, text] of Object.entries(resources?.requests ?? {}))
      to[name] = (to[name] ?? 0) + amount(name, text);
  };
  const sidecars: Record<string, number> = {};
  const peak: Record<string, number> = {};
  for (const container of pod.spec.containers) add(total, container);
  for (const container of pod.spec.initContainers ?? []) {
    if (roleOfInit(container) === 'sidecar') {
      add(sidecars, container);
      continue;
    }
    const own = { ...sidecars };
    add(own, container);
    for (const [name, value] of Object.entries(own)) peak[name] = Math.max(peak[name] ?? 0, value);
  }
  for (const [name, value] of Object.entries(sidecars)) total[name] = (total[name] ?? 0) + value;
  for (const [name, value] of Object.entries(peak)) total[name] = Math.max(total[name] ?? 0, value);
  for (const [name, text] of Object.entries(pod.spec.resources?.requests ?? {})) total[name] = amount(name, text);
  for (const [name, text] of Object.entries(pod.spec.overhead ?? {}))
    total[name] = (total[name] ?? 0) + amount(name, text);
  return total;
}

const amount = (name: string, text: string): number =>
  name === 'cpu' ? parseQuantity(text).milliValue() : parseQuantity(text).value();

const REASONS: Readonly<Record<string, string>> = {
  cpu: 'OutOfcpu',
  memory: 'OutOfmemory',
  'ephemeral-storage': 'OutOfephemeral-storage',
  pods: 'OutOfpods',
};

interface Entry {
  readonly requests: Amounts;
  readonly ports: readonly HostPort[];
}

/**
 * What the pods of a node take of it. The scheduler has counted already; the node counts again, since pods may come with a
 * `nodeName` of their own. Kept as sums, so that a pod costs the same on a full node as on an empty one.
 *
 * Simplified: amounts are only counted; nothing is throttled, killed for its memory or evicted for the node's sake.
 */
export class NodeLedger {
  readonly #allocatable: Amounts;
  readonly #pods = new Map<string, Entry>();
  readonly #used: Record<string, number> = {};

  constructor(allocatable: Readonly<Record<string, string>>) {
    this.#allocatable = Object.fromEntries(
      Object.entries(allocatable).map(([name, text]) => [name, amount(name, text)]),
    );
  }

  /** Enters a pod; where the node cannot take it, says why and enters nothing. */
  admit(pod: Pod): Refusal | undefined {
    const entry: Entry = { requests: podRequests(pod), ports: hostPorts(pod) };
    const refusal = this.#refusal(entry);
    if (refusal === undefined) this.enter(pod, entry);
    return refusal;
  }

  /** Enters a pod that runs here already, without asking. */
  enter(pod: Pod, entry: Entry = { requests: podRequests(pod), ports: hostPorts(pod) }): void {
    this.#pods.set(pod.metadata.uid, entry);
    for (const [name, value] of Object.entries(entry.requests)) this.#used[name] = (this.#used[name] ?? 0) + value;
  }

  release(uid: string): void {
    const entry = this.#pods.get(uid);
    if (entry === undefined) return;
    this.#pods.delete(uid);
    for (const [name, value] of Object.entries(entry.requests)) this.#used[name] = (this.#used[name] ?? 0) - value;
  }

  #refusal({ requests, ports }: Entry): Refusal | undefined {
    const capacity = this.#allocatable['pods'] ?? Infinity;
    if (this.#pods.size + 1 > capacity) return insufficient('pods', 1, this.#pods.size, capacity);
    for (const name of ['cpu', 'memory', 'ephemeral-storage', ...Object.keys(requests)]) {
      const requested = requests[name] ?? 0;
      // What the node does not know at all is not its to count (cluster-level resources).
      const limit = this.#allocatable[name];
      const used = this.#used[name] ?? 0;
      if (requested > 0 && limit !== undefined && used + requested > limit)
        return insufficient(name, requested, used, limit);
    }
    if (
      ports.length > 0 &&
      [...this.#pods.values()].some((other) => ports.some((port) => other.ports.some((one) => clashes(port, one))))
    )
      return {
        reason: 'NodePorts',
        message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
      };
    return undefined;
  }
}

const insufficient = (name: string, requested: number, used: number, capacity: number): Refusal => ({
  reason: REASONS[name] ?? `OutOf${name}`,
  message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
});

const isAny = (address: string | undefined): boolean =>
  address === undefined || address === '' || address === '0.0.0.0';

const clashes = (a: HostPort, b: HostPort): boolean =>
  a.hostPort === b.hostPort &&
  a.protocol === b.protocol &&
  (isAny(a.hostIP) || isAny(b.hostIP) || a.hostIP === b.hostIP);
