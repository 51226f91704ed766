import { createHash } from 'node:crypto';

/** A written object, as storage tells of it. */
interface Write {
  readonly type: string;
  readonly current: { readonly key: string; readonly text: string };
}

/**
 * What has happened in a cluster, in order, as one hash: every write with the object's whole text, and what programs printed. Two runs
 * with the same seed and the same inputs have the same one.
 */
export class Transcript {
  readonly #hash = createHash('sha256');

  /** Writes of one commit. */
  writes(batch: readonly Write[]): void {
    for (const { type, current } of batch) this.add(type, current.key, current.text);
  }

  /** Something else that the run has shown. */
  add(...parts: readonly string[]): void {
    for (const part of parts) this.#hash.update(`${part.length}:${part}`);
  }

  /** The hash so far, in hexadecimal; more may follow. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
