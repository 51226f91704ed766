import {
  serviceUnavailable,
  type Connection,
  type KubeletApi,
  type NetworkNamespace,
  type NodeConnector,
} from '@kubarium/shared';

/** The API server's way to the nodes of its own process, and to the pod network from the control plane's place on it. */
export class InProcessNodes implements NodeConnector {
  readonly #kubelets = new Map<string, KubeletApi>();
  readonly #network: NetworkNamespace;

  constructor(network: NetworkNamespace) {
    this.#network = network;
  }

  add(nodeName: string, kubelet: KubeletApi): void {
    this.#kubelets.set(nodeName, kubelet);
  }

  remove(nodeName: string): void {
    this.#kubelets.delete(nodeName);
  }

  kubelet(nodeName: string): KubeletApi {
    const kubelet = this.#kubelets.get(nodeName);
    if (kubelet === undefined) {
      throw serviceUnavailable(
        `node "${nodeName}" has no kubelet in this process: it was made by hand, or its kubelet does not run`,
      );
    }
    return kubelet;
  }

  dial(address: string, port: number): Promise<Connection> {
    return this.#network.connect({ address, port, timeoutMs: 30_000 });
  }
}
