import { canonicalIpv4, ipv4Value } from './ip-address.ts';

/** A block of IPv4 addresses, from its text in CIDR notation (`10.244.0.0/16`). */
export interface Ipv4Range {
  readonly text: string;
  contains(address: string): boolean;
}

/**
 * Reads CIDR notation; throws a RangeError that names what is wrong. Bits right of the prefix are ignored, and so are leading zeros, which
 * older fields of the API allow.
 */
export function ipv4Range(text: string): Ipv4Range {
  const [network, length, ...rest] = text.split('/');
  const base = ipv4Value(canonicalIpv4(network ?? ''));
  const bits = Number(length);
  if (base === undefined || rest.length > 0 || !/^0*\d{1,2}$/.test(length ?? '') || bits > 32) {
    throw new RangeError(`${JSON.stringify(text)} is no IPv4 range; write it as 10.244.0.0/16`);
  }
  const size = 2 ** (32 - bits);
  const first = Math.floor(base / size);
  return {
    text,
    contains(address) {
      const value = ipv4Value(address);
      return value !== undefined && Math.floor(value / size) === first;
    },
  };
}
