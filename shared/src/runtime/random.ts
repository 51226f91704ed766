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
      const hex = Array.from({ length: 4 }, () => word().toString(16).padStart(8, '0')).join('');
      const variant = ((parseInt(hex[16]!, 16) & 3) | 8).toString(16);
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
    suffix: (length) =>
      Array.from({ length }, () => NAME_ALPHABET[Math.floor(fraction() * NAME_ALPHABET.length)]).join(''),
    fork: (label) => seededRandom(hash(`${seed}/${label}`)),
  };
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}
