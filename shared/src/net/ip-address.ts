/** Whether an IPv4 address is of 127.0.0.0/8 (each network namespace's own), or is the IPv6 loopback. */
export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

/** Whether an address to listen on stands for all addresses of the namespace. */
export const isUnspecified = (address: string): boolean => address === '0.0.0.0' || address === '::' || address === '';

/** The value of a dotted IPv4 address as an unsigned 32-bit number, or undefined where the text is no such address. */
export function ipv4Value(address: string): number | undefined {
  // By hand, since every connection asks: no regular expression, no parts.
  let value = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i <= address.length; i++) {
    const code = i === address.length ? DOT : address.charCodeAt(i);
    if (code === DOT) {
      if (digits === 0 || part > 255) return undefined;
      value = value * 256 + part;
      part = digits = 0;
      dots++;
    } else {
      const digit = code - ZERO;
      const leadingZero = digits > 0 && part === 0;
      if (digit < 0 || digit > 9 || digits === 3 || leadingZero) return undefined;
      part = part * 10 + digit;
      digits++;
    }
  }
  return dots === 4 ? value : undefined;
}

const DOT = 46;
const ZERO = 48;

/** An IPv4 address without leading zeros, which older fields of the API allow; whatever else the text is stays as it is. */
export const canonicalIpv4 = (text: string): string =>
  LEADING_ZERO.test(text) && !text.includes(':') ? text.replaceAll(LEADING_ZEROS, '$1') : text;

const LEADING_ZERO = /(^|\.)0\d/;
const LEADING_ZEROS = /(^|\.)0+(?=\d)/g;

/** The dotted form of an unsigned 32-bit number. */
export const ipv4Text = (value: number): string =>
  `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;

/** `address:port`, an IPv6 address in brackets. */
export const socketAddressText = (of: { readonly address: string; readonly port: number }): string =>
  of.address.includes(':') ? `[${of.address}]:${of.port}` : `${of.address}:${of.port}`;
