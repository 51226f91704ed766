import type { Kubelet } from '@kubarium/kubelet';
import type { Component } from '@kubarium/shared';
import type { InProcessNodes } from './in-process-nodes.ts';

/** The machine of one node: what its kubelet runs on, and what a power cut takes away. */
export class NodeMachine implements Component {
  readonly name: string;
  readonly nodeName: string;
  readonly #makeKubelet: () => Kubelet;
  readonly #nodes: InProcessNodes;
  #kubelet: Kubelet | undefined;

  constructor(nodeName: string, makeKubelet: () => Kubelet, nodes: InProcessNodes) {
    this.name = `machine/${nodeName}`;
    this.nodeName = nodeName;
    this.#makeKubelet = makeKubelet;
    this.#nodes = nodes;
    this.#boot();
  }

  get isOn(): boolean {
    return this.#kubelet !== undefined;
  }

  /** Resolves once the node has registered. */
  async start(): Promise<void> {
    await (this.#kubelet ?? this.#boot()).start();
  }

  /** A power cut: kubelet and pods are gone at once, and nothing is reported. `start` boots it again. */
  async stop(): Promise<void> {
    const kubelet = this.#kubelet;
    this.#kubelet = undefined;
    this.#nodes.remove(this.nodeName);
    await kubelet?.[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  // A kubelet asks for its informers when it is made; those of all nodes are started together.
  #boot(): Kubelet {
    const kubelet = this.#makeKubelet();
    this.#nodes.add(this.nodeName, kubelet.api);
    return (this.#kubelet = kubelet);
  }
}
