import { createStubResolver, createVolume, openVolume, type Resolver } from '@kubarium/kubelet';
import type { Attachment, Connection, NetworkPlugin, Runtime } from '@kubarium/shared';
import { CLUSTER_DOMAIN, DNS_SERVICE_IP, nodeName } from '../bootstrap/addresses.ts';

/** A name that a pod of the namespace cannot resolve; the message says what was asked. */
export class NameError extends Error {
  override readonly name = 'NameError';
}

export interface PodViewOptions {
  readonly network: NetworkPlugin;
  readonly runtime: Runtime;
  readonly namespace: string;
  /** Its own address, of no pod and no node. */
  readonly address: string;
}

/**
 * The cluster as a pod of a namespace on the first node sees it: its names, its virtual IPs, and the network policies that a pod without
 * labels meets. There is no Pod object.
 */
export class PodView implements Disposable {
  readonly #namespace: string;
  readonly #attachment: Attachment;
  readonly #resolver: Resolver;

  constructor({ network, runtime, namespace, address }: PodViewOptions) {
    this.#namespace = namespace;
    const pod = { namespace, name: 'http-proxy', uid: `http-proxy/${namespace}` };
    this.#attachment = network.attach({ node: nodeName(1), pod }, [address]);
    const files = openVolume(createVolume('tmpfs', runtime), runtime);
    const search = `${namespace}.svc.${CLUSTER_DOMAIN} svc.${CLUSTER_DOMAIN} ${CLUSTER_DOMAIN}`;
    files.makeDirectory('/etc');
    files.writeFile('/etc/resolv.conf', `search ${search}\nnameserver ${DNS_SERVICE_IP}\noptions ndots:5\n`);
    this.#resolver = createStubResolver({ files, network: this.#attachment.network, runtime });
  }

  /** Opens a connection by name or address. Rejects with a NameError, a NetError or the signal's reason. */
  async connect(host: string, port: number, signal: AbortSignal): Promise<Connection> {
    const found = await this.#resolver.lookup(host);
    if (!found.ok) {
      throw new NameError(`a pod of namespace ${this.#namespace} cannot resolve ${host}: ${REASONS[found.code]}`);
    }
    return this.#attachment.network.connect({ address: found.addresses[0]!, port, signal });
  }

  [Symbol.dispose](): void {
    this.#attachment[Symbol.dispose]();
  }
}

const REASONS = {
  NXDOMAIN: 'there is no such name',
  NODATA: 'the name has no IPv4 address',
  TIMEOUT: 'the cluster DNS does not answer',
  SERVFAIL: 'the cluster DNS failed',
  REFUSED: 'the cluster has no such name, and its DNS asks no other server',
} as const;
