import {
  isLoopback,
  socketAddressText,
  type Flow,
  type HostPort,
  type Ipv4Range,
  type PathStage,
  type Protocol,
  type SandboxOwner,
  type SocketAddress,
  type TraceSink,
  type Verdict,
} from '@kubarium/shared';
import { ownerText, type Namespace } from './namespace.ts';
import { followPath } from './path.ts';

/** What became of a flow on its way to a namespace. */
export type Arrival =
  | {
      readonly outcome: 'arrived';
      readonly namespace: Namespace;
      readonly target: SocketAddress;
      readonly sourceAddress: string;
      readonly rewrittenBy: PathStage | undefined;
    }
  /** Stopped by a stage, on its way to `target`, which is `owner`'s where that is known. */
  | {
      readonly outcome: 'refused' | 'dropped';
      readonly by: string;
      readonly target: SocketAddress;
      readonly owner: SandboxOwner | undefined;
    }
  /** Nobody has the address. `neighbour`: a node's bridge says so, after asking for it in vain. */
  | { readonly outcome: 'nowhere'; readonly target: SocketAddress; readonly neighbour: boolean };

interface PortMapping {
  readonly hostIP: string | undefined;
  readonly target: SocketAddress;
  readonly pod: Namespace;
}

/**
 * Finds the way of a flow: the stages of the path, then whoever has the address, then the host ports of that node.
 *
 * 1. Loopback, and a pod's traffic to its own address, stay within the namespace and meet no stage. A node's own traffic meets
 *    the stages even then, as the OUTPUT chain has it: node ports answer on a node's 127.0.0.1.
 * 2. Each stage in order passes, rewrites, refuses or drops. Among them, a node's address and a container's hostPort (CNI portmap)
 *    become that of the pod: after the virtual IPs, before the filters.
 * 3. An address that nobody has: within the pod range a node's bridge finds no neighbour; elsewhere nothing ever answers.
 */
export class Router {
  /** Those that rewrite, the host ports, those that filter. */
  #path: readonly PathStage[];
  readonly #stages: PathStage[];
  readonly #filters: PathStage[] = [];
  readonly #hostPortStage: PathStage = { name: 'hostPort', decide: (flow) => this.#hostPort(flow) };
  readonly #podRange: Ipv4Range;
  readonly #namespaces = new Map<string, Namespace>();
  /** By node, then `TCP:8080`; the first one in wins. */
  readonly #hostPorts = new Map<string, Map<string, PortMapping[]>>();

  constructor(stages: readonly PathStage[], podRange: Ipv4Range) {
    this.#stages = [...stages];
    this.#path = [...stages, this.#hostPortStage];
    this.#podRange = podRange;
  }

  addStage(stage: PathStage): void {
    this.#stages.push(stage);
    this.#arrange();
  }

  /** Adds a stage that sees where flows really go. */
  addFilter(stage: PathStage): void {
    this.#filters.push(stage);
    this.#arrange();
  }

  #arrange(): void {
    this.#path = [...this.#stages, this.#hostPortStage, ...this.#filters];
  }

  find(address: string): Namespace | undefined {
    return this.#namespaces.get(address);
  }

  /** Throws where one of the addresses is taken. */
  plug(namespace: Namespace): void {
    for (const address of namespace.addresses) {
      const other = this.#namespaces.get(address);
      if (other !== undefined) {
        throw new Error(`address ${address} is already attached (${JSON.stringify(other.owner)})`);
      }
    }
    for (const address of namespace.addresses) this.#namespaces.set(address, namespace);
  }

  /** Takes a namespace's addresses and host ports away. */
  unplug(namespace: Namespace): void {
    for (const address of namespace.addresses) {
      if (this.#namespaces.get(address) === namespace) this.#namespaces.delete(address);
    }
    const mappings = this.#hostPorts.get(namespace.owner.node);
    for (const [name, all] of mappings ?? []) {
      const left = all.filter(({ pod }) => pod !== namespace);
      if (left.length === 0) mappings!.delete(name);
      else mappings!.set(name, left);
    }
  }

  /** Maps ports of the pod's node to the pod, until it is unplugged. */
  mapHostPorts(pod: Namespace, ports: readonly HostPort[]): void {
    if (ports.length === 0) return;
    const { node } = pod.owner;
    const mappings = this.#hostPorts.get(node) ?? new Map<string, PortMapping[]>();
    this.#hostPorts.set(node, mappings);
    for (const { protocol, hostIP, hostPort, containerPort } of ports) {
      const name = `${protocol}:${hostPort}`;
      const target = { address: pod.addresses[0]!, port: containerPort };
      mappings.set(name, [...(mappings.get(name) ?? []), { hostIP, target, pod }]);
    }
  }

  route(
    protocol: Protocol,
    from: Namespace,
    owner: SandboxOwner,
    source: SocketAddress,
    destination: SocketAddress,
    trace: TraceSink | undefined,
  ): Arrival {
    const inside = from.owns(destination.address);
    if (inside && owner.pod !== undefined) return here(from, source, destination, undefined);
    const path = followPath(this.#path, { protocol, from: owner, source, destination, trace });
    if (path.action !== 'go') {
      const outcome = path.action === 'refuse' ? 'refused' : 'dropped';
      const owner = this.#namespaces.get(path.target.address)?.owner;
      return { outcome, by: path.by.name, target: path.target, owner };
    }
    const { target, rewrittenBy } = path;
    const from2 = path.sourceAddress === source.address ? source : { address: path.sourceAddress, port: source.port };
    const namespace = isLoopback(target.address) ? from : this.#namespaces.get(target.address);
    if (namespace === undefined) {
      return { outcome: 'nowhere', target, neighbour: this.#podRange.contains(target.address) };
    }
    return here(namespace, from2, target, rewrittenBy);
  }

  #hostPort({ protocol, from, destination: { address, port }, trace }: Flow): Verdict {
    // A node's own loopback is the node; those of pods do not come here.
    const owner = isLoopback(address) ? from : this.#namespaces.get(address)?.owner;
    if (owner === undefined || owner.pod !== undefined) return PASS;
    const mappings = this.#hostPorts.get(owner.node)?.get(`${protocol}:${port}`);
    const mapping = mappings?.find((one) => fits(one, address));
    if (mapping === undefined) return PASS;
    trace?.hop({
      stage: 'hostPort',
      where: ownerText(owner),
      asked: `${protocol} ${socketAddressText({ address, port })}`,
      verdict: socketAddressText(mapping.target),
      reason: `hostPort ${port} of ${ownerText(mapping.pod.owner)}`,
      ok: true,
      alternatives: mappings!
        .filter((one) => one !== mapping)
        .map((one) => ({
          what: `hostPort ${port} of ${ownerText(one.pod.owner)}`,
          why: fits(one, address) ? 'the port was taken before' : `for ${one.hostIP} only`,
          taken: false,
        })),
    });
    return { action: 'rewrite', destination: mapping.target };
  }
}

const PASS: Verdict = { action: 'pass' };

const fits = ({ hostIP }: PortMapping, address: string): boolean =>
  hostIP === undefined || hostIP === '' || hostIP === '0.0.0.0' || hostIP === address;

const here = (
  namespace: Namespace,
  source: SocketAddress,
  target: SocketAddress,
  rewrittenBy: PathStage | undefined,
): Arrival => ({ outcome: 'arrived', namespace, target, sourceAddress: source.address, rewrittenBy });
