import {
  InformerFactory,
  KubeClient,
  seededRandom,
  silentLogger,
  VirtualClock,
  type ApiObject,
  type Clock,
  type Runtime,
} from '@kubarium/shared';
import { ScriptedTransport, turns } from '@kubarium/shared/testing';
import { ClusterDns, type ClusterDnsOptions } from '../cluster-dns.ts';

/** A cluster's DNS, and the means to change what it knows. */
export interface TestDns extends AsyncDisposable {
  readonly dns: ClusterDns;
  readonly runtime: Runtime;
  /** Sends the events that fill the caches. */
  readonly sync: () => Promise<void>;
  readonly send: (resource: string, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: ApiObject) => void;
}

interface DnsOfOptions {
  readonly clock?: Clock | undefined;
  readonly upstream?: (runtime: Runtime) => ClusterDnsOptions['upstream'];
}

/** A DNS that is about to read these objects, by resource. Time stands at 1,700,000,000 s. */
export async function unreadDnsOf(
  world: Readonly<Record<string, readonly ApiObject[]>>,
  { clock = new VirtualClock(1_700_000_000_000), upstream }: DnsOfOptions = {},
): Promise<TestDns> {
  const transport = new ScriptedTransport();
  const runtime = { clock, random: seededRandom(1), logger: silentLogger };
  const informers = new InformerFactory(new KubeClient(transport), runtime);
  const dns = new ClusterDns({ informers, runtime, upstream: upstream?.(runtime) });
  const started = dns.start();
  await turns();
  return {
    dns,
    runtime,
    async sync() {
      for (const watch of transport.watches) {
        for (const one of world[watch.resource.resource] ?? []) watch.send('ADDED', one);
        const annotations = { 'k8s.io/initial-events-end': 'true' };
        watch.send('BOOKMARK', { metadata: { resourceVersion: '9', annotations } } as unknown as ApiObject);
      }
      await started;
    },
    send: (resource, type, object) =>
      transport.watches.find((watch) => watch.resource.resource === resource)!.send(type, object),
    [Symbol.asyncDispose]: () => informers[Symbol.asyncDispose](),
  };
}

/** A DNS that knows these objects. */
export async function dnsOf(
  world: Readonly<Record<string, readonly ApiObject[]>>,
  options?: DnsOfOptions,
): Promise<TestDns> {
  const made = await unreadDnsOf(world, options);
  await made.sync();
  return made;
}

let resourceVersion = 0;

const object = (kind: string, metadata: object, rest: object): ApiObject =>
  ({
    kind,
    metadata: {
      namespace: 'default',
      uid: JSON.stringify(metadata),
      resourceVersion: String(++resourceVersion),
      ...metadata,
    },
    ...rest,
  }) as ApiObject;

export const namespace = (name: string): ApiObject => object('Namespace', { name, namespace: undefined }, {});

export const service = (name: string, spec: object, metadata: object = {}): ApiObject =>
  object('Service', { name, ...metadata }, { spec });

/** A slice of a Service, named after it and its addresses' family. */
export const slice = (of: string, slice: object, metadata: object = {}): ApiObject =>
  object(
    'EndpointSlice',
    { name: `${of}-1`, labels: { 'kubernetes.io/service-name': of }, ...metadata },
    { addressType: 'IPv4', ...slice },
  );
