import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** The alphabet of generated names: no vowels and no look-alikes (k8s.io/apimachinery/pkg/util/rand). */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The only source of chance in the simulation: the same seed gives the same run. Not for secrets; keys and tokens come
 * from node:crypto.
 */
export interface Random {
  /** A whole number from 0 up to, but not including, `below`. */
  integer(below: number): number;
  /** A number from 0 up to, but not including, 1. */
  fraction(): number;
  /** A version 4 UUID. */
  uuid(): string;
  /** `length` characters fit for the end of a generated name. */
  suffix(length: number): string;
  /** A generator of its own, decided by this one's seed and the label alone: so one part's draws do not shift another's. */
  fork(label: string): Random;
}

/** A generator from a seed; any 32-bit integer. */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plusFromState(stateOf(seed));
  const word = (): number => generator.next() >>> 0;
  const fraction = (): number => (word() * 0x20_0000 + (word() >>> 11)) / 2 ** 53;
  return {
    fraction,
    integer: (below) => Math.floor(fraction() * below),
    uuid: () => uuidOf(word(), word(), word(), word()),
    suffix(length) {
      let text = '';
      for (let i = 0; i < length; i++) text += NAME_ALPHABET[Math.floor(fraction() * NAME_ALPHABET.length)];
      return text;
    },
    fork: (label) => seededRandom(hash(`${seed}/${label}`)),
  };
}

/**
 * Four words that one bit of the seed changes altogether (SplitMix32): the generator alone takes dozens of draws until seeds that are
 * close to each other draw different things.
 */
function stateOf(seed: number): number[] {
  return [1, 2, 3, 4].map((step) => {
    let word = (seed + Math.imul(step, 0x9e37_79b9)) | 0;
    word = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35);
    return word ^ (word >>> 16);
  });
}

const UUID = Buffer.alloc(16);

/** In one piece: a text put together of digits would be kept as the tree of its parts. */
function uuidOf(a: number, b: number, c: number, d: number): string {
  UUID.writeUInt32BE(a, 0);
  UUID.writeUInt32BE(((b & 0xffff_0fff) | 0x4000) >>> 0, 4);
  UUID.writeUInt32BE(((c & 0x3fff_ffff) | 0x8000_0000) >>> 0, 8);
  UUID.writeUInt32BE(d, 12);
  const hex = UUID.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}
