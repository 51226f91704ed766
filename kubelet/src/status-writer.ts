import {
  isNotFound,
  type KubeClient,
  type Pod,
  PODS,
  type PodStatus,
  type Runtime,
  StatusError,
} from '@kubarium/shared';
import { statusPatch } from './pod-status.ts';

/** A pod whose status is to be written. */
export interface StatusSource {
  /** The pod as the API last told of it. */
  readonly pod: Pod;
  /** What its status is now. Asked for only when it can be sent. */
  status(): PodStatus;
  /** Called when a write has arrived and nothing newer waits. */
  onWritten?(): void;
}

interface Slot {
  readonly source: StatusSource;
  /** What the API has, of the fields that a kubelet writes. */
  written: PodStatus;
  isWriting: boolean;
  isDirty: boolean;
  /** How many writes in a row have failed. */
  failures: number;
}

/** Between a write that fails and the next try; doubled with each failure in a row. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 64_000;

/** Pods of more containers than this are reported less often. */
const MANY_CONTAINERS = 100;

/**
 * Writes pod statuses: at most one write of a pod is on its way at a time, and whatever changes meanwhile becomes one more. So
 * a burst costs two writes, and statuses arrive in order. Only differences are sent, as strategic merge patches, so that what
 * others write into a status is kept. A write that fails is repeated after a second, then after two, and so on; a pod that is gone is
 * forgotten.
 *
 * Simplified: a pod of N containers, more than a hundred, is reported every N milliseconds at most. Each report has all of them in it, and
 * a real kubelet writes one for each container that has started.
 */
export class StatusWriter {
  readonly #client: KubeClient;
  readonly #runtime: Runtime;
  readonly #slots = new Map<string, Slot>();
  #stopped = false;

  constructor(client: KubeClient, runtime: Runtime) {
    this.#client = client;
    this.#runtime = runtime;
  }

  /** What was last written for a pod, or what the API had when it was first seen. */
  written(source: StatusSource): PodStatus {
    return this.#slot(source).written;
  }

  /** Says that a pod's status has changed. Where no write of the pod is on its way, one leaves at once with what is now. */
  changed(source: StatusSource): void {
    if (this.#stopped) return;
    const slot = this.#slot(source);
    if (slot.isDirty) return;
    slot.isDirty = true;
    if (slot.isWriting) return;
    slot.isWriting = true;
    this.#runtime.activity?.begin();
    void this.#write(slot);
  }

  forget(uid: string): void {
    this.#slots.delete(uid);
  }

  /** Sends nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#slots.clear();
  }

  #slot(source: StatusSource): Slot {
    const { uid } = source.pod.metadata;
    let slot = this.#slots.get(uid);
    if (slot === undefined) {
      slot = { source, written: source.pod.status, isWriting: false, isDirty: false, failures: 0 };
      this.#slots.set(uid, slot);
    }
    return slot;
  }

  async #write(slot: Slot): Promise<void> {
    const { source } = slot;
    while (slot.isDirty && this.#isLive(slot)) {
      slot.isDirty = false;
      const { namespace, name, uid } = source.pod.metadata;
      const status = source.status();
      const patch = statusPatch(slot.written, status);
      if (patch === undefined) continue;
      try {
        const answer = await this.#client.patch(
          PODS,
          { namespace, name },
          'application/strategic-merge-patch+json',
          { metadata: { uid }, status: patch },
          { subresource: 'status' },
        );
        // The API's own object where it says the same, so that it need not be kept twice.
        slot.written = statusPatch(answer.status, status) === undefined ? answer.status : status;
        slot.failures = 0;
        const containers = status.containerStatuses?.length ?? 0;
        if (containers > MANY_CONTAINERS) return this.#later(slot, containers);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        if (isNotFound(error)) break;
        this.#runtime.logger.warn(
          { pod: `${namespace}/${name}`, error: error.message },
          'a pod status was not written; trying again',
        );
        slot.isDirty = true;
        return this.#later(slot, Math.min(FIRST_RETRY_MS * 2 ** slot.failures++, LONGEST_RETRY_MS));
      }
    }
    slot.isWriting = false;
    if (this.#isLive(slot)) source.onWritten?.();
    this.#runtime.activity?.end();
  }

  /** Goes on with a pod's writes after a while. */
  #later(slot: Slot, delayMs: number): void {
    this.#runtime.clock.setTimer(delayMs, () => {
      if (!this.#isLive(slot)) return;
      this.#runtime.activity?.begin();
      void this.#write(slot);
    });
    this.#runtime.activity?.end();
  }

  #isLive(slot: Slot): boolean {
    return !this.#stopped && this.#slots.get(slot.source.pod.metadata.uid) === slot;
  }
}
