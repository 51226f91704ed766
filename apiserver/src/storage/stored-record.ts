import type { Codec, Encoded, Stored } from './storage.ts';

/**
 * A stored value: its text, and the value from when somebody first looks. One that is seldom read is kept only for as long as somebody
 * has it, and decoded again when somebody looks.
 */
export class StoredRecord<T extends object> implements Stored<T> {
  readonly key: string;
  readonly revision: number;
  readonly createRevision: number;
  readonly text: string;
  readonly #codec: Codec<T>;
  #value: T | undefined;
  #seldomRead: WeakRef<T> | undefined;

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
    { text, value, isSeldomRead }: Encoded<T>,
    codec: Codec<T>,
  ): StoredRecord<T> {
    const record = new StoredRecord<T>(key, revision, createRevision, text, codec);
    if (isSeldomRead === true) record.#seldomRead = new WeakRef(value);
    else record.#value = value;
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
    if (this.#value !== undefined) return this.#value;
    const seldomRead = this.#seldomRead?.deref();
    if (seldomRead !== undefined) return seldomRead;
    const value = this.#codec.decode(this.text);
    if (this.#seldomRead === undefined) this.#value = value;
    else this.#seldomRead = new WeakRef(value);
    return value;
  }
}
