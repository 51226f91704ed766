import { NetworkPolicies, PodNetwork } from '@kubarium/network';
import { Proxy } from '@kubarium/proxy';
import {
  InformerFactory,
  KubeClient,
  seededRandom,
  silentLogger,
  VirtualClock,
  type ApiObject,
  type EndpointSlice,
  type Namespace,
  type NetworkNamespace,
  type NetworkPolicy,
  type Pod,
  type Service,
} from '@kubarium/shared';
import { isAllowedPlainly, plainTargets, ScriptedTransport, type PlainEnd } from '@kubarium/shared/testing';
import {
  OUTSIDE_ADDRESS,
  packet,
  policyStep,
  propertyRuns,
  routingStep,
  World,
  WORLD_NODES,
  type Packet,
} from '@kubarium/shared/testing/random-world';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const WATCHES: Record<string, string> = {
  Service: 'services',
  EndpointSlice: 'endpointslices',
  NetworkPolicy: 'networkpolicies',
  Namespace: 'namespaces',
  Pod: 'pods',
  Node: 'nodes',
};
const OPEN = { TCP: [8080, 9090], UDP: [5353] };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What may become of a packet, by the plain models: a place that gets it and whom that sees, `refused`, or `silence`. */
function plainOutcomes(world: World, { from, to, protocol }: Packet): string[] {
  const pods = world.all<Pod>('Pod');
  const podAt = (address: string): Pod | undefined => pods.find(({ status }) => status.podIP === address);
  const nodeAt = (address: string): string | undefined => WORLD_NODES.find((node) => node.address === address)?.name;
  const sender = podAt(from.address);
  const isOpen = (port: number): boolean => OPEN[protocol].includes(port);
  // What stays within a pod meets no rules.
  if (from.kind === 'pod' && (from.address === to.address || to.address.startsWith('127.'))) {
    return [isOpen(to.port) ? `${to.address}:${to.port} from ${from.address}` : 'refused'];
  }
  const targets = plainTargets(
    world.all<Service>('Service'),
    world.all<EndpointSlice>('EndpointSlice'),
    WORLD_NODES,
    from,
    to,
    protocol,
  );
  if (targets === 'refuse') return ['refused'];
  if (targets === 'drop') return ['silence'];
  const places = targets === 'pass' ? [`${to.address}:${to.port} from ${from.address}`] : targets;
  return places.map((place) => {
    const [, address = '', port = '', seen = ''] = /^(.*):(.*) from (.*)$/.exec(place)!;
    const source: PlainEnd = { address: sender?.status.podIP ?? seen, pod: sender, node: from.node };
    const destination: PlainEnd = { address, pod: podAt(address), node: nodeAt(address) };
    const policies = world.all<NetworkPolicy>('NetworkPolicy');
    const namespaces = world.all<Namespace>('Namespace');
    if (!isAllowedPlainly(policies, namespaces, source, destination, Number(port), protocol)) return 'silence';
    if (destination.pod === undefined) {
      const isThere = address.startsWith('127.') || destination.node !== undefined || address === OUTSIDE_ADDRESS;
      return isThere ? 'refused' : 'silence';
    }
    return isOpen(Number(port)) ? place : 'refused';
  });
}

/** The pod network with proxy and policies as `createCluster` wires them, over an API server that the test plays. */
async function path() {
  const runtime = { clock: new VirtualClock(), random: seededRandom(1), logger: silentLogger };
  const transport = new ScriptedTransport();
  const informers = new InformerFactory(new KubeClient(transport), runtime);
  const network = new PodNetwork({ runtime });
  const proxy = new Proxy({ informers, runtime, serviceCidr: '10.96.0.0/16' });
  network.addStage(proxy.stage);
  const policies = new NetworkPolicies({ informers, ownerOf: (address) => network.ownerOf(address) });
  network.addFilter(policies);
  let version = 1;
  const send = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: ApiObject): void => {
    const watch = transport.watches.find(({ resource }) => resource.resource === WATCHES[object.kind]);
    watch!.send(type, { ...object, metadata: { ...object.metadata, resourceVersion: `${++version}` } });
  };
  const started = Promise.all([proxy.start(), policies.start()]);
  await turn();
  const end = { metadata: { resourceVersion: '1', annotations: { 'k8s.io/initial-events-end': 'true' } } };
  for (const watch of transport.watches) watch.send('BOOKMARK', end as unknown as ApiObject);
  await started;
  for (const { name, zone, address } of WORLD_NODES) {
    const labels = { 'topology.kubernetes.io/zone': zone };
    const status = { addresses: [{ type: 'InternalIP', address }] };
    send('ADDED', { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name, labels }, status } as never);
  }
  return { network, send, clock: runtime.clock, stop: () => informers[Symbol.asyncDispose]() };
}

/** Sends all packets at once, and answers with what became of each. */
async function outcomes(network: PodNetwork, world: World, packets: readonly Packet[]): Promise<string[]> {
  const results = packets.map(() => 'silence');
  const hosts = new Map<string, NetworkNamespace>();
  for (const { name, address } of WORLD_NODES) hosts.set(address, network.host(name, [address]).network);
  hosts.set(OUTSIDE_ADDRESS, network.host('outside', [OUTSIDE_ADDRESS]).network);
  for (const { metadata, spec, status } of world.all<Pod>('Pod')) {
    const { namespace = '', name, uid } = metadata;
    const address = status.podIP!;
    const pod = network.attach({ node: spec.nodeName!, pod: { namespace, name, uid } }, [address]).network;
    hosts.set(address, pod);
    for (const port of OPEN.TCP) {
      pod.listen({ port }, (connection) => {
        connection.on('data', (index: Buffer) => {
          results[Number(index)] =
            `${connection.localAddress}:${connection.localPort} from ${connection.remoteAddress}`;
        });
      });
    }
    for (const port of OPEN.UDP) {
      pod.bind({
        port,
        onDatagram: ({ data, from }) => {
          results[Number(Buffer.from(data))] = `${address}:${port} from ${from.address}`;
        },
      });
    }
  }
  for (const [index, { from, to, protocol }] of packets.entries()) {
    const sender = hosts.get(from.address);
    const refused = (): void => void (results[index] = 'refused');
    // As what comes over the machine's sockets does, which reaches load balancers at loopback addresses.
    const localAddress = from.kind === 'outside' ? from.address : undefined;
    if (sender === undefined) results[index] = 'nobody sends';
    else if (protocol === 'UDP') {
      const socket = sender.bind({ port: 0, address: localAddress, onDatagram() {}, onError: refused });
      socket.send(Buffer.from(`${index}`), to);
    } else sender.connect({ ...to, localAddress }).then((connection) => connection.end(`${index}`), refused);
  }
  for (let turns = 0; turns < 4; turns++) await turn();
  return results;
}

it(
  'brings packets where the plain models of Services and policies say, and nowhere else',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(routingStep, policyStep), { maxLength: 40 }),
        fc.array(packet, { minLength: 10, maxLength: 30 }),
        async (steps, packets) => {
          const { network, send, stop } = await path();
          const world = new World((_, previous, current) => {
            send(
              current === undefined ? 'DELETED' : previous === undefined ? 'ADDED' : 'MODIFIED',
              (current ?? previous)!,
            );
          });
          for (const step of steps) {
            if ('pause' in step) await turn();
            else world.apply(step);
          }
          await turn();
          const results = await outcomes(network, world, packets);
          for (const [index, { from, to, protocol }] of packets.entries()) {
            const right = plainOutcomes(world, packets[index]!);
            const got = results[index]!;
            if (got === 'nobody sends' || right.includes(got)) continue;
            expect.fail(`${protocol} ${from.address} to ${to.address}:${to.port}: ${got}, not ${right.join(' or ')}`);
          }
          await stop();
        },
      ),
      propertyRuns(200),
    );
  },
);
