import type { Codec, Encoded, Stored } from './storage.ts';

/** A stored value: its text, and the value from when somebody first looks. */
export class StoredRecord<T extends object> implements Stored<T> {
  readonly key: string;
  readonly revision: number;
  readonly createRevision: number;
  readonly text: string;
  readonly #codec: Codec<T>;
  #value: T | undefined;

  constructor(
    key: string,
    revision: number,
    createRevision: number,
    { text, value }: Pick<Encoded<T>, 'text'> & { readonly value?: T },
    codec: Codec<T>,
  ) {
    this.key = key;
    this.revision = revision;
    this.createRevision = createRevision;
    this.text = text;
    this.#codec = codec;
    this.#value = value;
  }

  get value(): T {
    return (this.#value ??= this.#codec.decode(this.text));
  }
}
