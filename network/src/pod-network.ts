import {
  ipv4Range,
  type Attachment,
  type FlowTap,
  type HostPort,
  type NetworkPlugin,
  type OpenPort,
  type PathStage,
  type Runtime,
  type SandboxOwner,
} from '@kubarium/shared';
import { AttachedNamespace, type Fabric } from './attached-namespace.ts';
import { DatagramTransport } from './datagram-transport.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { FlowTable } from './flow-table.ts';
import { Namespace } from './namespace.ts';
import { Router } from './router.ts';
import { StreamTransport } from './stream-transport.ts';
import { TapSocket } from './tap-socket.ts';

export interface PodNetworkOptions {
  readonly runtime: Runtime;
  /** The stages of every path, first one first; more can be added. */
  readonly stages?: readonly PathStage[] | undefined;
  /** Where pod addresses come from (default 10.244.0.0/16): there, a missing pod is "no route to host" instead of silence. */
  readonly podCidr?: string | undefined;
}

interface Host {
  readonly namespace: Namespace;
  attachments: number;
}

/**
 * The network of the cluster: sandboxes are plugged into it with their addresses, and byte streams and datagrams flow between
 * them, through the stages of the path. Nothing of it touches the machine's own network.
 */
export class PodNetwork implements NetworkPlugin {
  readonly #runtime: Runtime;
  readonly #router: Router;
  readonly #deliveries: DeliveryQueue;
  readonly #fabric: Fabric;
  readonly #hosts = new Map<string, Host>();
  readonly #taps = new TapSocket();
  /** One for all pods. */
  readonly #unplug = (namespace: Namespace): void => this.#router.unplug(namespace);

  constructor(options: PodNetworkOptions) {
    const { clock, logger, activity } = options.runtime;
    this.#runtime = options.runtime;
    this.#router = new Router(options.stages ?? [], ipv4Range(options.podCidr ?? '10.244.0.0/16'));
    this.#deliveries = new DeliveryQueue(
      (error) => logger.error({ err: error }, 'invariant: a program threw on what it received'),
      activity,
    );
    const streams = new StreamTransport(this.#router, this.#deliveries, clock, this.#taps);
    const datagrams = new DatagramTransport(this.#router, this.#deliveries, new FlowTable(clock), this.#taps);
    this.#fabric = {
      connect: (from, connect) => streams.connect(from, connect),
      send: (from, socket, data, to, trace) => datagrams.send(from, socket, data, to, trace),
      closed: (socket) => datagrams.closed(socket),
    };
  }

  addStage(stage: PathStage): void {
    this.#router.addStage(stage);
  }

  /** Adds a stage that comes after all rewriting: it sees where a flow really goes. */
  addFilter(stage: PathStage): void {
    this.#router.addFilter(stage);
  }

  /** Plugs in what is told of every flow from now on, or with `undefined` pulls it out. */
  tap(tap: FlowTap | undefined): void {
    this.#taps.tap = tap;
  }

  attach(owner: SandboxOwner, addresses: readonly string[], hostPorts: readonly HostPort[] = []): Attachment {
    const namespace = new Namespace(owner, addresses, this.#runtime.random);
    this.#router.plug(namespace);
    this.#router.mapHostPorts(namespace, hostPorts);
    return new Plug(new AttachedNamespace(namespace, owner, this.#fabric), this.#unplug);
  }

  host(node: string, addresses: readonly string[]): Attachment {
    let host = this.#hosts.get(node);
    if (host === undefined) {
      host = { namespace: new Namespace({ node }, addresses, this.#runtime.random), attachments: 0 };
      this.#router.plug(host.namespace);
      this.#hosts.set(node, host);
    }
    const { namespace } = host;
    host.attachments++;
    return new Plug(new AttachedNamespace(namespace, { node }, this.#fabric), () => {
      if (--host.attachments > 0) return;
      this.#hosts.delete(node);
      this.#router.unplug(namespace);
    });
  }

  /** Who has an address, for traces and explanations. */
  ownerOf(address: string): SandboxOwner | undefined {
    return this.#router.find(address)?.owner;
  }

  /** What listens at an address; undefined where nobody has it. */
  openPortsOf(address: string): readonly OpenPort[] | undefined {
    return this.#router.find(address)?.openPorts();
  }

  /** How much has been sent and has not arrived. While it is 0 and `deliveries` does not grow over a turn, the network is quiet. */
  get inFlight(): number {
    return this.#deliveries.inFlight;
  }

  /** How many connects, datagrams and chunks have arrived so far. */
  get deliveries(): number {
    return this.#deliveries.deliveries;
  }
}

class Plug implements Attachment {
  readonly network: AttachedNamespace;
  readonly #pulled: (namespace: Namespace) => void;

  constructor(network: AttachedNamespace, pulled: (namespace: Namespace) => void) {
    this.network = network;
    this.#pulled = pulled;
  }

  [Symbol.dispose](): void {
    if (this.network.unplugged) return;
    this.#pulled(this.network.namespace);
    this.network.unplug();
  }
}
