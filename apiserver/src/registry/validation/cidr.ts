import { BlockList, isIPv4 } from 'node:net';
import { ipv4Text, ipv4Value, isIpv6 } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalid } from './field-error.ts';
import { cidrErrors, normalIp } from './ip.ts';

const LEADING_ZEROS = 'must not have leading 0s in IP or prefix length';

/** A network in CIDR notation as it was written: `address` may have bits beyond the prefix. */
export interface Cidr {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly length: number;
}

/** Reads CIDR notation, leading zeros included; undefined for what is none. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(.*)\/0*(\d{1,3})$/.exec(text);
  const address = match === null ? undefined : normalIp(match[1]!);
  if (address === undefined) return undefined;
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const length = Number(match![2]);
  return length <= (family === 'ipv4' ? 32 : 128) ? { address, family, length } : undefined;
}

/** True where the address is of the network. */
export function cidrContains({ address, family, length }: Cidr, ip: string): boolean {
  if (family === 'ipv4' ? !isIPv4(ip) : !isIpv6(ip)) return false;
  const network = new BlockList();
  network.addSubnet(address, length, family);
  return network.check(ip, family);
}

/** The network as it should be written: no bits beyond the prefix. IPv6 is given back as it is. */
function canonicalCidr({ address, family, length }: Cidr): string {
  if (family === 'ipv6') return `${address}/${length}`;
  const size = 2 ** (32 - length);
  return `${ipv4Text(Math.floor(ipv4Value(address)! / size) * size)}/${length}`;
}

/**
 * What the API server warns of in a field that takes any CIDR notation. Simplified: IPv6 networks are not looked at, where the
 * real server also asks for RFC 5952's form.
 */
export function cidrWarnings(text: string, field: string): string[] {
  const cidr = parseCidr(text);
  if (cidr === undefined || cidr.family === 'ipv6') return [];
  const canonical = canonicalCidr(cidr);
  const warnings: string[] = [];
  if (canonical !== `${cidr.address}/${cidr.length}`) {
    const which = `(should be "${canonical}" or "${cidr.address}/32"?)`;
    warnings.push(`${field}: CIDR value "${text}" is ambiguous in this context ${which}`);
  }
  if (`${cidr.address}/${cidr.length}` !== text) {
    const advice = `will be considered invalid in a future Kubernetes release: use "${canonical}"`;
    warnings.push(`${field}: non-standard CIDR value "${text}" ${advice}`);
  }
  return warnings;
}

/** What is wrong with a network where only the canonical form counts. */
export function strictCidrErrors(text: string, field: string): FieldError[] {
  const wrong = cidrErrors(text, field);
  if (wrong.length > 0) return wrong;
  const cidr = parseCidr(text)!;
  if (`${cidr.address}/${cidr.length}` !== text) return [invalid(field, text, LEADING_ZEROS)];
  return canonicalCidr(cidr) === text ? [] : [invalid(field, text, 'must not have bits set beyond the prefix length')];
}
