import type { Clock, Container, NetworkNamespace } from '@kubarium/shared';
import type { Container as RunningContainer } from '../container/container.ts';

/** What a probe or a hook is run against. */
export interface ProbeTarget {
  readonly clock: Clock;
  /** The node's own network: probes come from the kubelet, not from inside the pod. */
  readonly network: NetworkNamespace;
  readonly podIP: string;
  readonly spec: Container;
  readonly running: RunningContainer;
}

/**
 * What came of one try. `warning` counts as success and is told as an event; `error` says nothing of the container (the probe
 * itself could not be made) and does not count.
 */
export type ProbeOutcome =
  | { readonly result: 'success' }
  | { readonly result: 'warning' | 'failure' | 'error'; readonly message: string };

/** One try of a probe; made once for a container, so that a try costs as little as can be. */
export type Attempt = () => Promise<ProbeOutcome>;

export const SUCCESS: ProbeOutcome = { result: 'success' };

/** The number of a port that is given by number or by a container port's name; throws an Error with the kubelet's text. */
export function probePort(port: number | string, { ports = [] }: Pick<Container, 'ports'>): number {
  const named = ports.find(({ name }) => name === port)?.containerPort;
  const found = named ?? (typeof port === 'number' || /^-?\d+$/.test(port) ? Number(port) : undefined);
  if (found === undefined) throw new Error(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
  if (found < 1 || found > 65_535) throw new Error(`invalid port number: ${found}`);
  return found;
}
