import { constants, inflateRawSync } from 'node:zlib';
import { SPDY_DICTIONARY } from './spdy-dictionary.ts';

/**
 * Compressed header blocks of SPDY/3.1 (draft-mbelshe-httpbis-spdy-00 §2.6.10.1): all blocks of one direction are one zlib stream
 * that starts with a preset dictionary and is flushed after each block. Uncompressed, a block is
 *
 *   number of pairs (32 bits), then for each: length of name (32), name, length of value (32), value
 */

const WINDOW_BYTES = 32 * 1024;
const ZLIB_HEADER_BYTES = 6;
const MAX_STORED_BYTES = 0xffff;
/** An empty stored part: tells a reader to hand over what it has instead of waiting for more. */
const FLUSHED = Buffer.from([0, 0, 0, 0xff, 0xff]);

/**
 * Reads the blocks of one direction. Blocks end on byte borders (they are flushed), and refer back to what came before: so each
 * is inflated by itself, with the last of what came before as its dictionary.
 */
export class HeaderBlockReader {
  #window: Buffer = SPDY_DICTIONARY;
  #isFirst = true;

  read(block: Buffer): Map<string, string> {
    const deflated = this.#isFirst ? block.subarray(ZLIB_HEADER_BYTES) : block;
    this.#isFirst = false;
    const plain = inflateRawSync(deflated, {
      dictionary: this.#window,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    this.#window = Buffer.concat([this.#window, plain]).subarray(-WINDOW_BYTES);
    return parsePairs(plain);
  }
}

/** Writes the blocks of one direction, as stored (uncompressed) parts of the zlib stream: they are few and small. */
export class HeaderBlockWriter {
  #isFirst = true;

  write(headers: ReadonlyMap<string, string>): Buffer {
    const plain = pairsOf(headers);
    const parts: Buffer[] = [];
    if (this.#isFirst) {
      const head = Buffer.from([0x78, 0xbb, 0, 0, 0, 0]);
      head.writeUInt32BE(adler32(SPDY_DICTIONARY), 2);
      parts.push(head);
      this.#isFirst = false;
    }
    for (let at = 0; at < plain.length; at += MAX_STORED_BYTES) {
      const part = plain.subarray(at, at + MAX_STORED_BYTES);
      const head = Buffer.from([0, 0, 0, 0, 0]);
      head.writeUInt16LE(part.length, 1);
      head.writeUInt16LE(part.length ^ 0xffff, 3);
      parts.push(head, part);
    }
    parts.push(FLUSHED);
    return Buffer.concat(parts);
  }
}

function parsePairs(plain: Buffer): Map<string, string> {
  const headers = new Map<string, string>();
  let at = 4;
  const text = (): string => {
    const length = plain.readUInt32BE(at);
    const value = plain.toString('utf8', at + 4, at + 4 + length);
    at += 4 + length;
    return value;
  };
  for (let left = plain.readUInt32BE(0); left > 0; left--) {
    const name = text();
    // Several values of one name are separated by NUL; the first is as good as any here.
    headers.set(name.toLowerCase(), text().split('\0', 1)[0]!);
  }
  return headers;
}

function pairsOf(headers: ReadonlyMap<string, string>): Buffer {
  const number = (value: number): Buffer => {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const text = (value: string): Buffer[] => [number(Buffer.byteLength(value)), Buffer.from(value)];
  return Buffer.concat([
    number(headers.size),
    ...[...headers].flatMap(([name, value]) => [...text(name), ...text(value)]),
  ]);
}

/** RFC 1950 §8.2. */
function adler32(data: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 0x10000 + a;
}
