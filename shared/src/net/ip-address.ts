/** Whether an IPv4 address is of 127.0.0.0/8 (each network namespace's own), or is the IPv6 loopback. */
export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

/** Whether an address to listen on stands for all addresses of the namespace. */
export const isUnspecified = (address: string): boolean => address === '0.0.0.0' || address === '::' || address === '';

/** The value of a dotted IPv4 address as an unsigned 32-bit number, or undefined where the text is no such address. */
export function ipv4Value(address: string): number | undefined {
  const parts = address.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

/** The dotted form of an unsigned 32-bit number. */
export const ipv4Text = (value: number): string =>
  `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;

/** `address:port`, an IPv6 address in brackets. */
export const socketAddressText = (of: { readonly address: string; readonly port: number }): string =>
  of.address.includes(':') ? `[${of.address}]:${of.port}` : `${of.address}:${of.port}`;
