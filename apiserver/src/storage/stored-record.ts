import type { Codec, Stored } from './storage.ts';

/** A stored value that is decoded when somebody first looks. */
export class StoredRecord<T> implements Stored<T> {
  readonly key: string;
  readonly revision: number;
  readonly createRevision: number;
  readonly text: string;
  readonly #codec: Codec<T>;
  #value: T | undefined;

  constructor(key: string, revision: number, createRevision: number, text: string, codec: Codec<T>) {
    this.key = key;
    this.revision = revision;
    this.createRevision = createRevision;
    this.text = text;
    this.#codec = codec;
  }

  get value(): T {
    return (this.#value ??= this.#codec.decode(this.text));
  }
}
