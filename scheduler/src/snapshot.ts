import { keyOf, type Node, type Pod } from '@kubarium/shared';
import { NodeInfo } from './node-info.ts';
import { attractionsOf, podInfo, type PodInfo, type PodPreference } from './pod-info.ts';

export interface Attracting {
  readonly node: string;
  readonly info: PodInfo;
  readonly attractions: readonly PodPreference[];
}

/**
 * The cluster as the scheduler sees it: nodes with their pods, kept current by single changes. A pod that has been given a node
 * counts there at once (`assume`), before the API says so.
 */
export class Snapshot {
  readonly #nodes = new Map<string, NodeInfo>();
  /** Where each pod counts. A pod may name a node that is not known yet. */
  readonly #placed = new Map<string, { readonly node: string; readonly info: PodInfo }>();
  /** Pods with required anti-affinity: they speak against other pods wherever they are. */
  readonly #antiAffine = new Map<string, { readonly node: string; readonly info: PodInfo }>();

  /** Pods that would rather have others near or far: they count when those are scored. */
  readonly #attracting = new Map<string, Attracting>();

  /** In the order in which the nodes appeared. */
  get nodes(): ReadonlyMap<string, NodeInfo> {
    return this.#nodes;
  }

  /** The placed pods that have required anti-affinity terms. */
  get antiAffinePods(): Iterable<{ readonly node: string; readonly info: PodInfo }> {
    return this.#antiAffine.values();
  }

  /** The placed pods that have affinity, with what they say about others. */
  get attractingPods(): Iterable<Attracting> {
    return this.#attracting.values();
  }

  setNode(node: Node): void {
    const known = this.#nodes.get(node.metadata.name);
    if (known !== undefined) {
      known.node = node;
      return;
    }
    const info = new NodeInfo(node);
    this.#nodes.set(info.name, info);
    for (const placed of this.#placed.values()) if (placed.node === info.name) info.add(placed.info);
  }

  removeNode(name: string): void {
    this.#nodes.delete(name);
  }

  /** Counts a pod on a node; called again for the same pod it moves or renews it. */
  place(info: PodInfo, node: string): void {
    this.remove(info.key);
    const placed = { node, info };
    this.#placed.set(info.key, placed);
    if (info.requiredAntiAffinity.length > 0) this.#antiAffine.set(info.key, placed);
    const attractions = attractionsOf(info);
    if (attractions.length > 0) this.#attracting.set(info.key, { node, info, attractions });
    this.#nodes.get(node)?.add(info);
  }

  /** Counts a pod as the API has it: on its node while it runs there, nowhere once it ended. */
  setPod(pod: Pod): void {
    const { nodeName } = pod.spec;
    const info = podInfo(pod);
    if (
      nodeName === undefined ||
      nodeName === '' ||
      pod.status.phase === 'Succeeded' ||
      pod.status.phase === 'Failed'
    ) {
      this.remove(info.key);
    } else {
      this.place(info, nodeName);
    }
  }

  /** Takes a newer version of a placed pod, with the same labels and the same needs. */
  renew(pod: Pod): void {
    const placed = this.#placed.get(keyOf(pod));
    if (placed !== undefined) placed.info.pod = pod;
  }

  remove(key: string): void {
    const placed = this.#placed.get(key);
    if (placed === undefined) return;
    this.#placed.delete(key);
    this.#antiAffine.delete(key);
    this.#attracting.delete(key);
    this.#nodes.get(placed.node)?.remove(key);
  }

  nodeOf(key: string): string | undefined {
    return this.#placed.get(key)?.node;
  }
}
