import type { Codec, Encoded, Stored } from './storage.ts';

/** A stored value. One that was read from the log is decoded when somebody first looks. */
export class StoredRecord<T> implements Stored<T> {
  readonly key: string;
  readonly revision: number;
  readonly createRevision: number;
  readonly text: string;
  /** How to make the value; undefined once it is there. */
  #codec: Codec<T> | undefined;
  #value: T | undefined;

  private constructor(key: string, revision: number, createRevision: number, text: string) {
    this.key = key;
    this.revision = revision;
    this.createRevision = createRevision;
    this.text = text;
  }

  static of<T>(key: string, revision: number, createRevision: number, { text, value }: Encoded<T>): StoredRecord<T> {
    const record = new StoredRecord<T>(key, revision, createRevision, text);
    record.#value = value;
    return record;
  }

  static read<T>(
    key: string,
    revision: number,
    createRevision: number,
    text: string,
    codec: Codec<T>,
  ): StoredRecord<T> {
    const record = new StoredRecord<T>(key, revision, createRevision, text);
    record.#codec = codec;
    return record;
  }

  get value(): T {
    if (this.#codec !== undefined) {
      this.#value = this.#codec.decode(this.text);
      this.#codec = undefined;
    }
    return this.#value as T;
  }
}
