import type { Codec, Encoded, Stored } from './storage.ts';

/**
 * A stored value: its text, and the value for as long as somebody uses it (as the caches of those who watch it do). One that nobody
 * uses is let go by the garbage collection, and decoded again when somebody looks: most events are never looked at.
 */
export class StoredRecord<T extends object> implements Stored<T> {
  readonly key: string;
  readonly revision: number;
  readonly createRevision: number;
  readonly text: string;
  readonly #codec: Codec<T>;
  #value: WeakRef<T> | undefined;

  private constructor(key: string, revision: number, createRevision: number, text: string, codec: Codec<T>) {
    this.key = key;
    this.revision = revision;
    this.createRevision = createRevision;
    this.text = text;
    this.#codec = codec;
  }

  static of<T extends object>(
    key: string,
    revision: number,
    createRevision: number,
    { text, value }: Encoded<T>,
    codec: Codec<T>,
  ): StoredRecord<T> {
    const record = new StoredRecord<T>(key, revision, createRevision, text, codec);
    record.#value = new WeakRef(value);
    return record;
  }

  static read<T extends object>(
    key: string,
    revision: number,
    createRevision: number,
    text: string,
    codec: Codec<T>,
  ): StoredRecord<T> {
    return new StoredRecord<T>(key, revision, createRevision, text, codec);
  }

  get value(): T {
    let value = this.#value?.deref();
    if (value === undefined) {
      value = this.#codec.decode(this.text);
      this.#value = new WeakRef(value);
    }
    return value;
  }
}
