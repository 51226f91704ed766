import { isIPv6 } from 'node:net';

/**
 * Whether a text is an IPv6 address. As Node's own, whose regular expression takes milliseconds to compile at its first use: most texts have no
 * colon, and most clusters no IPv6.
 */
export const isIpv6 = (text: string): boolean => text.includes(':') && isIPv6(text);

/** An IPv6 address in RFC 5952's form, as URLs show it; undefined where the text is no such address, or has a zone (`fe80::1%eth0`). */
export const canonicalIpv6 = (address: string): string | undefined =>
  isIpv6(address) && !address.includes('%') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : undefined;

/** The eight 16-bit groups of an IPv6 address, or undefined where the text is no such address. */
export function ipv6Groups(address: string): number[] | undefined {
  const [head = '', tail] = canonicalIpv6(address)?.split('::') ?? [];
  const front = groupsOf(head);
  const back = groupsOf(tail ?? '');
  const gap = tail === undefined ? [] : Array<number>(8 - front.length - back.length).fill(0);
  const groups = [...front, ...gap, ...back];
  return groups.length === 8 ? groups : undefined;
}

const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
