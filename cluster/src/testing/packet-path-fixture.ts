import { ClusterDns, serveDns } from '@kubarium/dns';
import { PodNetwork } from '@kubarium/network';
import { Proxy } from '@kubarium/proxy';
import {
  Activity,
  InformerFactory,
  KubeClient,
  seededRandom,
  silentLogger,
  type ApiObject,
  type Clock,
  type NetworkNamespace,
  type TraceSink,
} from '@kubarium/shared';
import { ScriptedTransport } from '@kubarium/shared/testing';

const INITIAL_EVENTS_END = {
  metadata: { resourceVersion: '1', annotations: { 'k8s.io/initial-events-end': 'true' } },
} as unknown as ApiObject;

const SLICE_PORTS: Record<string, object[]> = {
  'kube-dns': [
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' },
  ],
  backend: [{ port: 8080 }],
};

const object = (kind: string, namespace: string | undefined, name: string, rest: object, labels = {}): ApiObject =>
  ({
    apiVersion: 'v1',
    kind,
    metadata: { namespace, name, uid: name, resourceVersion: '1', labels },
    spec: {},
    status: {},
    ...rest,
  }) as never;

const slice = (
  namespace: string,
  service: string,
  addresses: readonly string[],
  ports = SLICE_PORTS[service],
): ApiObject =>
  object(
    'EndpointSlice',
    namespace,
    `${service}-1`,
    {
      addressType: 'IPv4',
      ports,
      endpoints: addresses.map((address) => ({ addresses: [address], nodeName: `node-${address.split('.')[2]}` })),
    },
    { 'kubernetes.io/service-name': service },
  );

/** The pod network with proxy and DNS as `createCluster` wires them, over an API server that a test plays. For tests. */
export async function packetPathFixture(clock: Clock, backends: readonly string[]) {
  const activity = new Activity();
  const runtime = { clock, random: seededRandom(1), logger: silentLogger, activity };
  const transport = new ScriptedTransport();
  const informers = new InformerFactory(new KubeClient(transport), runtime);
  const network = new PodNetwork({ runtime });
  const proxy = new Proxy({ informers, runtime });
  network.addStage(proxy.stage);
  const dns = new ClusterDns({ informers, runtime });
  const attach = (address: string) =>
    network.attach(
      { node: `node-${address.split('.')[2]}`, pod: { namespace: 'default', name: address, uid: address } },
      [address],
    );
  const dnsPort = (name: string, protocol: string) => ({ name, port: 53, protocol });
  const world: Record<string, ApiObject[]> = {
    nodes: ['1', '2'].map((n) =>
      object('Node', undefined, `node-${n}`, {
        status: { addresses: [{ type: 'InternalIP', address: `172.18.0.${n}` }] },
      }),
    ),
    namespaces: [object('Namespace', undefined, 'default', {}), object('Namespace', undefined, 'kube-system', {})],
    services: [
      object('Service', 'kube-system', 'kube-dns', {
        spec: { clusterIP: '10.96.0.10', ports: [dnsPort('dns', 'UDP'), dnsPort('dns-tcp', 'TCP')] },
      }),
      object('Service', 'default', 'backend', { spec: { clusterIP: '10.96.1.1', ports: [{ port: 80 }] } }),
    ],
    endpointslices: [slice('kube-system', 'kube-dns', ['10.244.1.53']), slice('default', 'backend', backends)],
  };
  const started = Promise.all([proxy.start(), dns.start()]);
  await new Promise((resolve) => setImmediate(resolve));
  for (const watch of transport.watches) {
    for (const one of world[watch.resource.resource]!) watch.send('ADDED', one);
    watch.send('BOOKMARK', INITIAL_EVENTS_END);
  }
  await started;
  serveDns({ network: attach('10.244.1.53').network, answer: dns.answerMessage });
  let version = 10;
  /** Changes the endpoints of `backend`. */
  const setBackends = (addresses: readonly string[], port = 8080): void => {
    const changed = slice('default', 'backend', addresses, [{ port }]);
    changed.metadata.resourceVersion = `${++version}`;
    transport.watches.find((watch) => watch.resource.resource === 'endpointslices')!.send('MODIFIED', changed);
  };
  return { network, proxy, dns, attach, setBackends, activity, stop: () => informers[Symbol.asyncDispose]() };
}

/** Asks the cluster's DNS for the first address of a name, as a pod does: a datagram to the DNS Service. */
export function resolve(from: NetworkNamespace, name: string, trace?: TraceSink): Promise<string> {
  return new Promise((done, fail) => {
    const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
    const socket = from.bind({
      port: 0,
      onError: fail,
      onDatagram: ({ data, from: server }) => {
        socket[Symbol.dispose]();
        const answers = Buffer.from(data).readUInt16BE(6);
        if (server.address !== '10.96.0.10') fail(new Error(`answered by ${server.address}`));
        else if (answers === 0) fail(new Error(`no answer for ${name}`));
        else done([...data.subarray(-4)].join('.'));
      },
    });
    const query = Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
    socket.send(query, { address: '10.96.0.10', port: 53 }, trace);
  });
}
