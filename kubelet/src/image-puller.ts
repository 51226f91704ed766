import type { Clock, Container } from '@kubarium/shared';
import { BackOff } from './back-off.ts';
import { goDuration } from './go-format.ts';
import { invalidImageName } from './image-name.ts';
import { type ImageReference, parseImageReference } from './images/image-reference.ts';
import type { ImageStore, StoredImage } from './image-store.ts';

export type EmitEvent = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

/** An image for a container, or why it waits: the reason and message of its waiting state, and when to try again. */
export type ImageResult =
  | { readonly ok: true; readonly stored: StoredImage }
  | { readonly ok: false; readonly reason: string; readonly message: string; readonly retryMs: number };

/** How long ErrImagePull shows before it is called ImagePullBackOff: until the kubelet looks at the pod again. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Gets one container its image by its pull policy, with the events and the back-off of the kubelet's image manager
 * (10 s doubling to 5 min; KEP-2535's checks of credentials always pass: no image here needs any).
 */
export class ImagePuller {
  readonly #store: ImageStore;
  readonly #clock: Clock;
  /** Only once a pull has failed. */
  #backOff: BackOff | undefined;
  #failedMs = 0;
  #failure = '';

  constructor(store: ImageStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Resolves at once (without a promise) where the node has the image and the policy is content with it. */
  ensure(container: Pick<Container, 'image' | 'imagePullPolicy'>, emit: EmitEvent): ImageResult | Promise<ImageResult> {
    const text = container.image ?? '';
    const reference = parseImageReference(text);
    if (reference === undefined) {
      const message = invalidImageName(text);
      emit('Warning', 'InspectFailed', message);
      return this.#wait(emit, 'InvalidImageName', message, 10_000);
    }
    const present = this.#store.find(reference);
    const policy = container.imagePullPolicy ?? 'IfNotPresent';
    if (present !== undefined && policy !== 'Always') {
      emit('Normal', 'Pulled', `Container image "${text}" already present on machine and can be accessed by the pod`);
      return { ok: true, stored: present };
    }
    if (policy === 'Never') {
      const message = `Container image "${text}" is not present with pull policy of Never`;
      emit('Warning', 'ErrImageNeverPull', message);
      return this.#wait(emit, 'ErrImageNeverPull', message, 10_000);
    }
    const waitMs = this.#backOff?.remaining(this.#failedMs, this.#clock.now()) ?? 0;
    if (waitMs > 0) {
      const message = `Back-off pulling image "${text}"`;
      emit('Normal', 'BackOff', message);
      return this.#wait(emit, 'ImagePullBackOff', `${message}: ${this.#failure}`, waitMs);
    }
    return this.#pull(text, reference, emit);
  }

  async #pull(text: string, reference: ImageReference, emit: EmitEvent): Promise<ImageResult> {
    const tagged = reference.digest === undefined && !/:[^/]*$/.test(text) ? `${text}:${reference.tag}` : text;
    emit('Normal', 'Pulling', `Pulling image "${text}"`);
    const startMs = this.#clock.now();
    try {
      const pull = await this.#store.pull(reference);
      const waitedMs = Math.round(this.#clock.now() - startMs);
      // Another pod may have begun the pull before.
      const pullMs = Math.min(pull.pullMs, waitedMs);
      emit(
        'Normal',
        'Pulled',
        `Successfully pulled image "${text}" in ${goDuration(pullMs)} (${goDuration(waitedMs)} including waiting). Image size: ${pull.image.sizeBytes} bytes.`,
      );
      return { ok: true, stored: pull };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      emit('Warning', 'Failed', `Failed to pull image "${tagged}": ${message}`);
      this.#failedMs = this.#clock.now();
      this.#backOff ??= new BackOff();
      this.#backOff.next(this.#failedMs, this.#failedMs);
      this.#failure = `ErrImagePull: ${message}`;
      return this.#wait(emit, 'ErrImagePull', message, LOOK_AGAIN_MS);
    }
  }

  #wait(emit: EmitEvent, reason: string, message: string, retryMs: number): ImageResult {
    emit('Warning', 'Failed', `Error: ${reason}`);
    return { ok: false, reason, message, retryMs };
  }
}
