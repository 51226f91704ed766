import { isIPv4 } from 'node:net';
import { ipv4Text, isIpv6 } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalid } from './field-error.ts';

/**
 * Addresses as the older fields of the API take them. Leading zeros in IPv4 parts are accepted there for the sake of old objects
 * (docs: KEP-4858).
 */

const LEADING_ZEROS = /(^|\.)0+(?=\d)/g;

/** An address without leading zeros; undefined for what is no address. */
export function normalIp(text: string): string | undefined {
  const plain = /^[\d.]+$/.test(text) ? text.replaceAll(LEADING_ZEROS, '$1') : text;
  return isIPv4(plain) || (isIpv6(plain) && !plain.includes('%')) ? plain : undefined;
}

/** What is wrong with an address; values of the old object are not judged again. */
export const ipErrors = (text: string, field: string, oldValues: readonly string[] = []): FieldError[] =>
  oldValues.includes(text) || normalIp(text) !== undefined
    ? []
    : [invalid(field, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];

/** What the API server warns of in a field that takes any spelling of an address. */
export function ipWarnings(text: string, field: string): string[] {
  const ip = normalIp(text);
  if (ip === undefined) return [];
  const canonical = isIPv4(ip) ? ip : (mappedIpv4(ip) ?? canonicalIpv6(ip));
  if (canonical === text) return [];
  return isIpv6(canonical)
    ? [`${field}: IPv6 address "${text}" should be in RFC 5952 canonical format ("${canonical}")`]
    : [
        `${field}: non-standard IP address "${text}" will be considered invalid in a future Kubernetes release: use "${canonical}"`,
      ];
}

/** What is wrong with a network in CIDR notation. */
export const cidrErrors = (text: string, field: string, oldValues: readonly string[] = []): FieldError[] =>
  oldValues.includes(text) || isCidr(text)
    ? []
    : [invalid(field, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];

function isCidr(text: string): boolean {
  const match = /^(.*)\/0*(\d{1,3})$/.exec(text);
  const ip = match === null ? undefined : normalIp(match[1]!);
  return ip !== undefined && Number(match![2]) <= (isIPv4(ip) ? 32 : 128);
}

/** What is wrong with an address where only the canonical form counts. */
export function strictIpErrors(text: string): string[] {
  const ip = normalIp(text);
  if (ip === undefined) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  if (isIPv4(ip)) return ip === text ? [] : ['must not have leading 0s'];
  const canonical = canonicalIpv6(ip);
  return canonical === text ? [] : [`must be in canonical form ("${canonical}")`];
}

/** An address in RFC 5952's form, which is how URLs show it. */
const canonicalIpv6 = (ip: string): string => new URL(`http://[${ip}]`).hostname.slice(1, -1);

/** The IPv4 address that an IPv6 one stands for (`::ffff:1.2.3.4`). */
function mappedIpv4(ip: string): string | undefined {
  const groups = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(canonicalIpv6(ip));
  return groups === null ? undefined : ipv4Text(parseInt(groups[1]!, 16) * 65_536 + parseInt(groups[2]!, 16));
}

/** What is wrong with an address that traffic is to be sent to: not this host, not the local link. */
export function endpointIpErrors(text: string, field: string): FieldError[] {
  const ip = normalIp(text);
  if (ip === undefined) return [invalid(field, text, 'must be a valid IP address')];
  if (ip === '0.0.0.0' || /^[0:]+$/.test(ip)) return [invalid(field, text, `may not be unspecified (${text})`)];
  if (ip.startsWith('127.') || /^(0*:)*0*1$/.test(ip)) {
    return [invalid(field, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')];
  }
  if (ip.startsWith('169.254.') || /^fe[89ab]/i.test(ip)) {
    return [invalid(field, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')];
  }
  if (ip.startsWith('224.0.0.') || /^ff.2:/i.test(ip)) {
    return [invalid(field, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')];
  }
  return [];
}
