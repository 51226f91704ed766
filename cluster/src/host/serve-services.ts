import { ServiceListener, type UnavailablePort } from '@kubarium/proxy';
import { EventRecorder, isNotFound, parseKey, SERVICES } from '@kubarium/shared';
import type { ComposedCluster } from '../compose-cluster.ts';

/** The machine's place on the pod network, from where its programs come in. */
const OUTSIDE_ADDRESS = '172.18.0.1';

const REASONS: Readonly<Record<UnavailablePort['kind'], string>> = {
  'node port': 'NodePortUnavailable',
  'load balancer': 'LoadBalancerPortUnavailable',
};

/**
 * Opens the node ports and load balancer addresses of Services on real sockets of this machine. A port that cannot be had is told in an
 * Event on its Service; returned is what could not be had from the start.
 */
export async function serveServices(
  { network, proxy, runtime, client }: ComposedCluster,
  parts: AsyncDisposableStack,
): Promise<readonly string[]> {
  const outside = parts.use(network.host('outside', [OUTSIDE_ADDRESS])).network;
  const events = parts.use(new EventRecorder({ client, runtime, component: 'kubarium' }));
  const notices: string[] = [];
  const report = async ({ kind, service: key, message }: UnavailablePort): Promise<void> => {
    notices.push(`Service ${key}: ${message}`);
    try {
      events.event(await client.get(SERVICES, parseKey(key)), 'Warning', REASONS[kind], message);
    } catch (error) {
      if (!isNotFound(error)) runtime.logger.warn({ service: key, err: error }, message);
    }
  };
  const listener = parts.use(
    new ServiceListener({ proxy, network: outside, runtime, onUnavailable: (port) => void report(port) }),
  );
  await listener.start();
  return [...notices];
}
