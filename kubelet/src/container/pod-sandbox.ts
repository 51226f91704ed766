import type { Attachment, HostPort, NetworkNamespace, Pod } from '@kubarium/shared';
import type { NodeContext } from '../node-context.ts';
import { etcHosts, podHostname } from './etc-hosts.ts';
import type { FileSystem } from './file-system.ts';
import { resolvConf } from './resolv-conf.ts';
import type { NewVolume } from './volumes/pod-volume.ts';

/** The files that tell of a pod's network, and where containers have them. */
const FILES = [
  ['hosts', '/etc/hosts'],
  ['hostname', '/etc/hostname'],
  ['resolv.conf', '/etc/resolv.conf'],
] as const;

/** What the containers of a pod share: its addresses, its network, its host name and the files that tell of them. */
export class PodSandbox implements Disposable {
  readonly addresses: readonly string[];
  readonly hostname: string;
  readonly network: NetworkNamespace;
  readonly #context: NodeContext;
  readonly #files: NewVolume;
  /** Absent for pods on the node's own network. */
  readonly #attachment: Attachment | undefined;

  /** Takes an address and plugs the sandbox in; undefined where the node has no address left. */
  static create(context: NodeContext, pod: Pod): PodSandbox | undefined {
    if (pod.spec.hostNetwork === true) return new PodSandbox(context, pod, [context.nodeAddress], undefined);
    const address = context.allocateAddress();
    if (address === undefined) return undefined;
    const { namespace = '', name, uid } = pod.metadata;
    try {
      const owner = { node: context.nodeName, pod: { namespace, name, uid } };
      return new PodSandbox(context, pod, [address], context.network.attach(owner, [address], hostPorts(pod)));
    } catch (error) {
      context.releaseAddress(address);
      throw error;
    }
  }

  private constructor(
    context: NodeContext,
    pod: Pod,
    addresses: readonly string[],
    attachment: Attachment | undefined,
  ) {
    this.#context = context;
    this.addresses = addresses;
    this.#attachment = attachment;
    this.network = attachment?.network ?? context.hostNetwork();
    this.hostname = pod.spec.hostNetwork === true ? context.nodeName : podHostname(pod);
    this.#files = context.makeVolume('ext4');
    const { files } = this.#files;
    const { nodeName, clusterDns } = context;
    files.writeFile('/hosts', etcHosts({ pod, podIPs: addresses, clusterDomain: clusterDns.domain, nodeName }));
    files.writeFile('/hostname', `${this.hostname}\n`);
    files.writeFile('/resolv.conf', resolvConf(pod, clusterDns));
  }

  /** Lays /etc/hosts, /etc/hostname and /etc/resolv.conf into a container, where none of its own volumes does. */
  mountFiles(files: FileSystem, ownMounts: ReadonlySet<string>): void {
    for (const [name, path] of FILES)
      if (!ownMounts.has(path)) files.mount(path, this.#files.volume, { subPath: name });
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
