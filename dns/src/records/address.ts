import type { ARecord } from './a.ts';
import type { AaaaRecord } from './aaaa.ts';

/** The record of an address, by its family: A or AAAA. */
export const addressRecord = (name: string, ttl: number, address: string): ARecord | AaaaRecord => ({
  name,
  ttl,
  type: address.includes(':') ? 'AAAA' : 'A',
  address,
});
