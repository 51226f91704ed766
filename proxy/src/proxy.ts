import {
  ENDPOINT_SLICES,
  ipv4Range,
  keyOf,
  NODES,
  SERVICES,
  type Component,
  type EndpointSlice,
  type InformerFactory,
  type PathStage,
  type Runtime,
  type Service,
} from '@kubarium/shared';
import { ChangeTracker } from './change-tracker.ts';
import { InformedNodes } from './node-directory.ts';
import { RoutingTable, type Route } from './routing-table.ts';
import { VirtualIpStage, type NodeFacts } from './virtual-ip.ts';

export interface ProxyOptions {
  readonly informers: InformerFactory;
  readonly runtime: Runtime;
  /** The node that it works for; absent: all nodes of the cluster, which share one table. */
  readonly nodeName?: string | undefined;
  /** Where cluster IPs come from; 10.96.0.0/12 by default. */
  readonly serviceCidr?: string | undefined;
}

/**
 * kube-proxy: keeps the routing table as Services and EndpointSlices say, and is the `service` stage of the pod network's path. All
 * events of one turn of the event loop become one sync.
 */
export class Proxy implements Component {
  readonly name = 'proxy';
  readonly table = new RoutingTable();
  /** To be given to the pod network (`addStage`). */
  readonly stage: PathStage;
  readonly #virtualIps: VirtualIpStage;
  readonly #nodes: InformedNodes;
  readonly #informers: InformerFactory;
  readonly #runtime: Runtime;
  readonly #services = new ChangeTracker<Service>();
  readonly #slices = new ChangeTracker<EndpointSlice>();
  readonly #onServices: (() => void)[] = [];
  #syncDue = false;
  #stopped = false;

  constructor({ informers, runtime, nodeName, serviceCidr = '10.96.0.0/12' }: ProxyOptions) {
    this.#informers = informers;
    this.#runtime = runtime;
    this.#nodes = new InformedNodes(informers.informer(NODES));
    this.stage = this.#virtualIps = new VirtualIpStage({
      table: this.table,
      nodes: this.#nodes,
      clock: runtime.clock,
      random: runtime.random.fork(`proxy/${nodeName ?? ''}`),
      serviceRange: ipv4Range(serviceCidr),
      nodeName,
    });
    informers.informer(SERVICES).onChange({
      added: (service) => this.#noteService(undefined, service),
      updated: (service, previous) => this.#noteService(previous, service),
      deleted: (service) => this.#noteService(service, undefined),
    });
    informers.informer(ENDPOINT_SLICES).onChange({
      added: (slice) => this.#noteSlice(undefined, slice),
      updated: (slice, previous) => this.#noteSlice(previous, slice),
      deleted: (slice) => this.#noteSlice(slice, undefined),
    });
  }

  async start(): Promise<void> {
    await this.#informers.start();
    this.sync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    return Promise.resolve();
  }

  /** Where session affinity keeps a client of a cluster IP for now, `address:port`; undefined where it is kept nowhere. */
  keptAt(...asked: Parameters<VirtualIpStage['keptAt']>): string | undefined {
    return this.#virtualIps.keptAt(...asked);
  }

  /** Has a callback told, now and after each sync in which a Service changed. */
  onServices(callback: () => void): void {
    this.#onServices.push(callback);
    callback();
  }

  /** Brings the table up to date with what the informers have told. Otherwise done on the next turn after a change. */
  sync(): void {
    const services = this.#services.take();
    const gone = new Set(services.flatMap(({ key }) => this.table.routesOf(key)));
    this.table.applyServices(services);
    this.table.applySlices(this.#slices.take());
    for (const { key } of services) {
      const names = new Set(this.table.routesOf(key).map((route) => route.name + route.port.protocol));
      for (const route of gone) if (names.has(route.name + route.port.protocol)) gone.delete(route);
    }
    for (const route of gone) this.#virtualIps.forget(route);
    if (services.length > 0) for (const callback of this.#onServices) callback();
  }

  /**
   * An address at which a node port answers from outside, as a load balancer in front of the nodes picks one: the first node; with
   * `externalTrafficPolicy: Local`, the first that has an endpoint. Undefined where there is no node.
   */
  nodeAddressFor(route: Route): string | undefined {
    const nodes = this.#nodes.all().filter(({ addresses }) => addresses.length > 0);
    const answers = (node: NodeFacts): boolean => route.choose(node, 'external').outcome === 'endpoints';
    return (nodes.find(answers) ?? nodes[0])?.addresses[0];
  }

  #noteService(previous: Service | undefined, current: Service | undefined): void {
    this.#services.note(keyOf((current ?? previous)!), previous, current);
    this.#syncSoon();
  }

  #noteSlice(previous: EndpointSlice | undefined, current: EndpointSlice | undefined): void {
    this.#slices.note(keyOf((current ?? previous)!), previous, current);
    this.#syncSoon();
  }

  #syncSoon(): void {
    if (this.#syncDue) return;
    this.#syncDue = true;
    this.#runtime.activity?.begin();
    setImmediate(() => {
      this.#syncDue = false;
      if (!this.#stopped) this.sync();
      this.#runtime.activity?.end();
    });
  }
}
