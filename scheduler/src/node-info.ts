import type { Node } from '@kubarium/shared';
import type { PodInfo } from './pod-info.ts';
import { addTo, resourcesOf, type Resources } from './resources.ts';

/** A node with the pods that are on it or on their way to it, and sums that each pod changes once. */
export class NodeInfo {
  #node: Node;
  #allocatable: Resources;
  readonly #requested = new Map<string, number>();
  readonly #pods = new Map<string, PodInfo>();
  readonly #podsByOwner = new Map<string, number>();

  constructor(node: Node) {
    this.#node = node;
    this.#allocatable = resourcesOf(node.status.allocatable);
  }

  get node(): Node {
    return this.#node;
  }

  /** The node changed; its pods stay. */
  set node(node: Node) {
    this.#node = node;
    this.#allocatable = resourcesOf(node.status.allocatable);
  }

  get name(): string {
    return this.#node.metadata.name;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.#node.metadata.labels ?? {};
  }

  get allocatable(): Resources {
    return this.#allocatable;
  }

  get requested(): Resources {
    return this.#requested;
  }

  get pods(): ReadonlyMap<string, PodInfo> {
    return this.#pods;
  }

  /** How many pods of one owner are here. */
  podsOf(owner: string): number {
    return this.#podsByOwner.get(owner) ?? 0;
  }

  add(pod: PodInfo): void {
    this.remove(pod.key);
    this.#pods.set(pod.key, pod);
    addTo(this.#requested, pod.requests);
    this.#count(pod, 1);
  }

  remove(key: string): void {
    const pod = this.#pods.get(key);
    if (pod === undefined) return;
    this.#pods.delete(key);
    addTo(this.#requested, pod.requests, -1);
    this.#count(pod, -1);
  }

  #count({ owner }: PodInfo, change: 1 | -1): void {
    if (owner === undefined) return;
    const count = this.podsOf(owner) + change;
    if (count === 0) this.#podsByOwner.delete(owner);
    else this.#podsByOwner.set(owner, count);
  }
}
