import type { ContainerImage, Runtime } from '@kubarium/shared';
import { canonicalImage, imageId } from './image-name.ts';
import type { ImageReference } from './images/image-reference.ts';
import type { Image, ImageRegistry } from './images/image.ts';

/** An image on the node. */
export interface StoredImage {
  readonly image: Image;
  /** As container statuses name it: `docker.io/library/nginx:latest`. */
  readonly name: string;
  readonly imageID: string;
}

export interface Pull extends StoredImage {
  /** How long the pull itself took. */
  readonly pullMs: number;
}

/** How long a pull takes; see KubeletOptions. */
export type PullDelay = (image: Image, runtime: Runtime) => number;

/**
 * The images that a node has pulled. Pulling costs nothing but (simulated) time: an image of the simulator is a program.
 * Two pods that want the same image at the same time wait for one pull.
 *
 * Simplified: pulls of different images run side by side, and need no credentials; a kubelet by default pulls one at a time.
 */
export class ImageStore {
  readonly #registry: ImageRegistry;
  readonly #runtime: Runtime;
  readonly #pullDelay: PullDelay;
  readonly #images = new Map<string, StoredImage>();
  readonly #pulling = new Map<string, Promise<Pull>>();

  constructor(registry: ImageRegistry, runtime: Runtime, pullDelay: PullDelay) {
    this.#registry = registry;
    this.#runtime = runtime;
    this.#pullDelay = pullDelay;
  }

  /** The image, where the node has it. */
  find(reference: ImageReference): StoredImage | undefined {
    return this.#images.get(canonicalImage(reference));
  }

  /** Fetches an image; rejects with ImagePullError. */
  pull(reference: ImageReference): Promise<Pull> {
    const name = canonicalImage(reference);
    const running = this.#pulling.get(name);
    if (running !== undefined) return running;
    const pull = this.#pull(name, reference).finally(() => this.#pulling.delete(name));
    this.#pulling.set(name, pull);
    return pull;
  }

  /** As the node's status lists them, the largest first (at most 50, as the kubelet's default). */
  list(): ContainerImage[] {
    return [...this.#images.values()]
      .map(({ name, imageID, image }) => ({ names: [imageID, name], sizeBytes: image.sizeBytes }))
      .sort((a, b) => b.sizeBytes - a.sizeBytes)
      .slice(0, 50);
  }

  async #pull(name: string, reference: ImageReference): Promise<Pull> {
    const image = this.#registry.resolve(name);
    const pullMs = Math.round(this.#pullDelay(image, this.#runtime));
    if (pullMs > 0) await new Promise<void>((resolve) => this.#runtime.clock.setTimer(pullMs, resolve));
    const stored = { image, name, imageID: imageId(reference) };
    this.#images.set(name, stored);
    return { ...stored, pullMs };
  }
}
