import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

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
  const generator = xoroshiro128plus(seed);
  const word = (): number => generator.next() >>> 0;
  const fraction = (): number => (word() * 0x20_0000 + (word() >>> 11)) / 2 ** 53;
  return {
    fraction,
    integer: (below) => Math.floor(fraction() * below),
    uuid() {
      const [a, b, c, d] = [word(), word(), word(), word()];
      return `${hex8(a)}-${hex4(b >>> 16)}-${hex4((b & 0x0fff) | 0x4000)}-${hex4(((c >>> 16) & 0x3fff) | 0x8000)}-${hex4(c & 0xffff)}${hex8(d)}`;
    },
    suffix(length) {
      let text = '';
      for (let i = 0; i < length; i++) text += NAME_ALPHABET[Math.floor(fraction() * NAME_ALPHABET.length)];
      return text;
    },
    fork: (label) => seededRandom(hash(`${seed}/${label}`)),
  };
}

/** Each byte as two hexadecimal digits. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const hex4 = (half: number): string => HEX[half >>> 8]! + HEX[half & 255]!;
const hex8 = (word: number): string => hex4(word >>> 16) + hex4(word & 0xffff);

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}
