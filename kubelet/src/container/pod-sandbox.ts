import type { Attachment, HostPort, NetworkNamespace, Pod } from '@kubarium/shared';
import type { NodeContext } from '../node-context.ts';
import { etcHosts, podHostname } from './etc-hosts.ts';
import type { FileSystem } from './file-system.ts';
import { UnopenedFile } from './inode.ts';
import { resolvConf } from './resolv-conf.ts';

/** The files that tell of a pod's network: where containers have them, and what is in them. */
const FILES: readonly (readonly [path: string, textOf: (sandbox: PodSandbox) => string])[] = [
  ['/etc/hosts', (sandbox) => sandbox.hostsText],
  ['/etc/hostname', ({ hostname }) => `${hostname}\n`],
  ['/etc/resolv.conf', (sandbox) => sandbox.resolvConfText],
];

/** Whose sandbox it is. */
export interface SandboxOwner {
  readonly pod: Pod;
}

/** What the containers of a pod share: its addresses, its network, its host name and the files that tell of them. */
export class PodSandbox implements Disposable {
  readonly addresses: readonly string[];
  readonly hostname: string;
  readonly network: NetworkNamespace;
  readonly #context: NodeContext;
  readonly #owner: SandboxOwner;
  /** In the order of FILES. Most pods' programs never read them. */
  readonly #files: readonly UnopenedFile<PodSandbox>[];
  /** Absent for pods on the node's own network. */
  readonly #attachment: Attachment | undefined;

  /** Takes an address and plugs the sandbox in; undefined where the node has no address left. */
  static create(context: NodeContext, owner: SandboxOwner): PodSandbox | undefined {
    const { pod } = owner;
    if (pod.spec.hostNetwork === true) return new PodSandbox(context, owner, [context.nodeAddress], undefined);
    const address = context.allocateAddress();
    if (address === undefined) return undefined;
    const { namespace = '', name, uid } = pod.metadata;
    try {
      const place = { node: context.nodeName, pod: { namespace, name, uid } };
      const addresses = [address];
      return new PodSandbox(context, owner, addresses, context.network.attach(place, addresses, hostPorts(pod)));
    } catch (error) {
      context.releaseAddress(address);
      throw error;
    }
  }

  private constructor(
    context: NodeContext,
    owner: SandboxOwner,
    addresses: readonly string[],
    attachment: Attachment | undefined,
  ) {
    this.#context = context;
    this.#owner = owner;
    this.addresses = addresses;
    this.#attachment = attachment;
    this.network = attachment?.network ?? context.hostNetwork();
    this.hostname = owner.pod.spec.hostNetwork === true ? context.nodeName : podHostname(owner.pod);
    const nowMs = context.runtime.clock.now();
    this.#files = FILES.map(([, textOf]) => new UnopenedFile<PodSandbox>(nowMs, this, textOf));
  }

  get hostsText(): string {
    const { clusterDns, nodeName } = this.#context;
    const { domain: clusterDomain } = clusterDns;
    return etcHosts({ pod: this.#owner.pod, podIPs: this.addresses, clusterDomain, nodeName });
  }

  get resolvConfText(): string {
    return resolvConf(this.#owner.pod, this.#context.clusterDns);
  }

  /** Lays /etc/hosts, /etc/hostname and /etc/resolv.conf into a container, where none of its own volumes does. */
  mountFiles(files: FileSystem, ownMounts: ReadonlySet<string>): void {
    for (const [index, [path]] of FILES.entries())
      if (!ownMounts.has(path)) files.mount(path, { type: 'ext4', root: this.#files[index]! });
  }

  [Symbol.dispose](): void {
    if (this.#attachment === undefined) return;
    this.#attachment[Symbol.dispose]();
    for (const address of this.addresses) this.#context.releaseAddress(address);
  }
}

/** The ports of the node that lead to the pod's containers. */
export const hostPorts = (pod: Pod): HostPort[] =>
  [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, hostIP, containerPort, protocol = 'TCP' }) =>
      hostPort === undefined || hostPort === 0 || protocol === 'SCTP'
        ? []
        : [{ protocol, hostIP, hostPort, containerPort }],
    ),
  );
