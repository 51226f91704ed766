import { HEADER_BYTES } from './message-reader.ts';

/** Writes a message into a buffer that grows, and remembers where names stand so that later ones can point at them. */
export class MessageWriter {
  /** Leaves room for the header, which is written last. */
  #buffer: Buffer = Buffer.allocUnsafe(512);
  #at = HEADER_BYTES;
  /** Offsets of names written so far: in their case, which another name that points at them takes over. */
  readonly #names = new Map<string, number>();

  get position(): number {
    return this.#at;
  }

  /** Takes back what was written from a position on. */
  backTo(position: number): void {
    this.#at = position;
    for (const [name, offset] of this.#names) if (offset >= position) this.#names.delete(name);
  }

  /** The message with its header (RFC 1035 §4.1.1): id, flags, and how many records each section has. It shares the writer's memory. */
  message(id: number, flags: number, counts: readonly [number, number, number, number]): Buffer {
    for (const [index, value] of [id, flags, ...counts].entries()) this.#buffer.writeUInt16BE(value, 2 * index);
    return this.#buffer.subarray(0, this.#at);
  }

  /** Copies the question, which begins with a name. */
  question(question: Uint8Array, name: string): void {
    this.#room(question.length);
    this.#buffer.set(question, this.#at);
    this.#remember(name, this.#at);
    this.#at += question.length;
  }

  byte(value: number): void {
    this.#room(1);
    this.#buffer[this.#at++] = value;
  }

  short(value: number): void {
    this.#room(2);
    this.#at = this.#buffer.writeUInt16BE(value, this.#at);
  }

  long(value: number): void {
    this.#room(4);
    this.#at = this.#buffer.writeUInt32BE(value >>> 0, this.#at);
  }

  /** A length in two bytes, and what `write` writes behind it. */
  measured(write: () => void): void {
    const lengthAt = this.#at;
    this.short(0);
    write();
    this.#buffer.writeUInt16BE(this.#at - lengthAt - 2, lengthAt);
  }

  /** A character string of at most 255 bytes, its length before it. */
  characters(text: string): void {
    this.byte(text.length);
    this.#room(text.length);
    this.#at += this.#buffer.write(text, this.#at, 'latin1');
  }

  /** A domain name; what was written before is pointed at, unless `compress` is false. */
  name(name: string, { compress = true } = {}): void {
    let rest = name;
    while (rest !== '') {
      const known = compress ? this.#names.get(rest) : undefined;
      if (known !== undefined) return this.short(0xc000 | known);
      if (compress && this.#at < 0x4000) this.#names.set(rest, this.#at);
      const dot = labelEnd(rest);
      this.characters(plainLabel(rest.slice(0, dot)));
      rest = rest.slice(dot + 1);
    }
    this.byte(0);
  }

  /** Notes where a name that is already written stands, and each name that it ends with. */
  #remember(name: string, offset: number): void {
    let rest = name;
    let at = offset;
    while (rest !== '') {
      this.#names.set(rest, at);
      const dot = labelEnd(rest);
      at += 1 + plainLabel(rest.slice(0, dot)).length;
      rest = rest.slice(dot + 1);
    }
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * this.#buffer.length + bytes);
    larger.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = larger;
  }
}

/** A label without its escapes. */
const plainLabel = (label: string): string => (label.includes('\\') ? label.replaceAll(/\\(.)/gs, '$1') : label);

/** Where the first label of a name ends: at the first dot that is not escaped. */
function labelEnd(name: string): number {
  let dot = name.indexOf('.');
  if (!name.includes('\\')) return dot === -1 ? name.length : dot;
  for (dot = 0; dot < name.length && name[dot] !== '.'; dot++) if (name[dot] === '\\') dot++;
  return dot;
}
