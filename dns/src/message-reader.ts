/** The bytes are no DNS message. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError';
}

/** Where the sections begin. */
export const HEADER_BYTES = 12;

/** Reads a message from its questions on. All methods throw MalformedMessageError where the bytes end too soon. */
export class MessageReader {
  readonly #message: Uint8Array;
  #at = HEADER_BYTES;

  constructor(message: Uint8Array) {
    this.#message = message;
  }

  get position(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#message.length;
  }

  byte(): number {
    return this.#byteAt(this.#at++);
  }

  short(): number {
    return (this.byte() << 8) | this.byte();
  }

  long(): number {
    return this.short() * 0x1_0000 + this.short();
  }

  bytes(count: number): Uint8Array {
    const start = this.#at;
    this.#at += count;
    if (this.#at > this.#message.length) throw new MalformedMessageError('the message is cut');
    return this.#message.subarray(start, this.#at);
  }

  /**
   * A domain name without the final dot (empty for the root), in its upper and lower case; dots and backslashes within a label are
   * escaped. Labels have 1 to 63 bytes, the name 255. A pointer leads back, to a name behind the header: so none is endless.
   */
  name(): string {
    let text = '';
    let length = 0;
    let at = this.#at;
    let end: number | undefined;
    let start = at;
    for (;;) {
      const size = this.#byteAt(at++);
      if (size >= 0xc0) {
        const target = ((size & 0x3f) << 8) | this.#byteAt(at++);
        if (target < HEADER_BYTES || target >= start) throw new MalformedMessageError('a name points nowhere');
        end ??= at;
        at = start = target;
        continue;
      }
      length += 1 + size;
      if (size > 63 || length > 255) throw new MalformedMessageError('a name is too long');
      if (size === 0) {
        this.#at = end ?? at;
        return text;
      }
      if (text !== '') text += '.';
      for (const stop = at + size; at < stop; at++) {
        const byte = this.#byteAt(at);
        if (byte === DOT || byte === BACKSLASH) text += '\\';
        text += String.fromCharCode(byte);
      }
    }
  }

  #byteAt(at: number): number {
    const byte = this.#message[at];
    if (byte === undefined) throw new MalformedMessageError('the message is cut');
    return byte;
  }
}

const DOT = 0x2e;
const BACKSLASH = 0x5c;
