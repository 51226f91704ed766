import { parseQuantity, type Container, type Pod } from '@kubarium/shared';

/** Amounts by resource name: `cpu` in thousandths of a core, everything else in whole units. */
export type Resources = ReadonlyMap<string, number>;

/** The amounts of a `ResourceList` as the API spells it. */
export function resourcesOf(list: Readonly<Record<string, string>> | undefined): Resources {
  const result = new Map<string, number>();
  for (const name in list) {
    const quantity = parseQuantity(list[name]!);
    result.set(name, name === 'cpu' ? quantity.milliValue() : quantity.value());
  }
  return result;
}

const NOTHING: Resources = new Map();

const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

/**
 * What a pod takes from its node: the larger of all containers together and each init container with the sidecars that run before
 * it (KEP-753), plus its overhead. Source: Kubernetes docs, "Init containers: resource sharing".
 */
export function podRequests(pod: Pod): Resources {
  const running = new Map<string, number>();
  const initialising = new Map<string, number>();
  for (const container of pod.spec.initContainers ?? []) {
    const requests = resourcesOf(container.resources?.requests);
    for (const [name, amount] of requests) {
      const together = (running.get(name) ?? 0) + amount;
      initialising.set(name, Math.max(initialising.get(name) ?? 0, together));
    }
    if (isSidecar(container)) addTo(running, requests);
  }
  for (const container of pod.spec.containers) addTo(running, resourcesOf(container.resources?.requests));
  for (const [name, amount] of initialising) running.set(name, Math.max(running.get(name) ?? 0, amount));
  addTo(running, resourcesOf(pod.spec.overhead));
  // One for all that ask for nothing.
  return running.size === 0 ? NOTHING : running;
}

/** Adds amounts in place; `sign` -1 takes them away. */
export function addTo(total: Map<string, number>, amounts: Resources, sign: 1 | -1 = 1): void {
  for (const [name, amount] of amounts) total.set(name, (total.get(name) ?? 0) + sign * amount);
}
