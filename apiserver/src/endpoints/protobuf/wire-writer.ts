/** Writes the protobuf wire format (protobuf.dev/programming-guides/encoding), as far as texts, flags and messages need it. */
export class WireWriter {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  text(field: number, value: string): this {
    const bytes = Buffer.from(value);
    this.#head(field, 2, bytes.length);
    return this.#push(bytes);
  }

  /** Written only where true: false is what is not there. */
  flag(field: number, value: boolean): this {
    return value ? this.#head(field, 0, 1) : this;
  }

  message(field: number, message: WireWriter): this {
    this.#head(field, 2, message.#length);
    for (const chunk of message.#chunks) this.#push(chunk);
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks, this.#length);
  }

  /** The field's key and a number: its value, or the length of what follows. */
  #head(field: number, wireType: 0 | 2, value: number): this {
    return this.#push(Buffer.from([...varint((field << 3) | wireType), ...varint(value)]));
  }

  #push(chunk: Buffer): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}
