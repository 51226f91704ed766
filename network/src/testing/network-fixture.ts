import {
  seededRandom,
  silentLogger,
  VirtualClock,
  type Connection,
  type Hop,
  type HostPort,
  type NetworkNamespace,
  type PathStage,
  type TraceSink,
} from '@kubarium/shared';
import { PodNetwork } from '../pod-network.ts';

/** A pod network on a virtual clock, with pods at 10.244.N.x on node-N. For tests. */
export function networkFixture(stages: readonly PathStage[] = []) {
  const clock = new VirtualClock();
  const failures: unknown[] = [];
  const logger = { ...silentLogger, error: (facts: object) => void failures.push(facts) };
  const network = new PodNetwork({ runtime: { clock, random: seededRandom(1), logger }, stages });
  const attachPod = (address: string, hostPorts?: readonly HostPort[]) => {
    const node = `node-${address.split('.')[2]}`;
    return network.attach(
      { node, pod: { namespace: 'default', name: `pod-${address}`, uid: address } },
      [address],
      hostPorts,
    );
  };
  const pod = (address: string): NetworkNamespace => attachPod(address).network;
  return { clock, network, failures, attachPod, pod };
}

/** Lets everything happen that needs no time to pass. */
export async function turns(count = 6): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Collects hops. */
export function traceFixture(): TraceSink & { readonly hops: Hop[] } {
  const hops: Hop[] = [];
  return { hops, hop: (hop) => void hops.push(hop) };
}

/** All that arrives on a connection until its end, as text. */
export async function textOf(connection: Connection): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of connection) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** The `code` that a promise rejects with. */
export const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: { code?: unknown }) => error.code,
  );
