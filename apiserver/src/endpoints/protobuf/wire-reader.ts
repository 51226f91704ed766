/** Bytes that are no protobuf message; the message says what is wrong, as Go's generated readers put it. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/**
 * Reads the protobuf wire format (protobuf.dev/programming-guides/encoding) from a range of a buffer. Throws ProtobufError.
 *
 * A message is a row of fields: key = varint(number << 3 | wire type), then the value: 0 varint, 1 eight bytes, 2 varint length and
 * so many bytes, 5 four bytes.
 */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  /** Of the field that `next` found. */
  field = 0;
  wireType = 0;

  constructor(bytes: Buffer, start: number = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** Moves to the next field; false at the end of the message. Its value must be read or skipped before the next call. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const key = Number(this.varint());
    this.field = Math.floor(key / 8);
    this.wireType = key % 8;
    if (this.field < 1 || this.field > 0x1fff_ffff)
      throw new ProtobufError(`proto: illegal tag ${this.field} (wire type ${this.wireType})`);
    return true;
  }

  /** An unsigned number of up to 64 bits. */
  varint(): bigint {
    // Nearly all fit 28 bits: no BigInt arithmetic for them.
    let small = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      small |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(small);
    }
    let value = BigInt(small);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError('proto: integer overflow');
  }

  double(): number {
    this.#need(8);
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  bytes(): Buffer {
    const [start, end] = this.#range();
    return this.#bytes.subarray(start, end);
  }

  text(): string {
    const [start, end] = this.#range();
    return this.#bytes.toString('utf8', start, end);
  }

  message(): WireReader {
    const [start, end] = this.#range();
    return new WireReader(this.#bytes, start, end);
  }

  skip(): void {
    switch (this.wireType) {
      case 0:
        this.varint();
        return;
      case 1:
        this.#need(8);
        this.#at += 8;
        return;
      case 2:
        this.#range();
        return;
      case 5:
        this.#need(4);
        this.#at += 4;
        return;
      default:
        throw new ProtobufError(`proto: illegal wireType ${this.wireType}`);
    }
  }

  #range(): [start: number, end: number] {
    const length = Number(this.varint());
    this.#need(length);
    const start = this.#at;
    this.#at += length;
    return [start, this.#at];
  }

  #byte(): number {
    this.#need(1);
    return this.#bytes[this.#at++]!;
  }

  #need(count: number): void {
    if (this.#at + count > this.#end) throw new ProtobufError('unexpected EOF');
  }
}
