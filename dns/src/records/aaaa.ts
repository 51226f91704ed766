import { invariant, ipv6Groups } from '@kubarium/shared';
import type { RecordOf, RecordType } from './record-type.ts';

/** An IPv6 address (RFC 3596). */
export interface AaaaRecord extends RecordOf<'AAAA'> {
  readonly address: string;
}

export const aaaa: RecordType<AaaaRecord> = {
  number: 28,
  write({ address }, writer) {
    const groups = ipv6Groups(address);
    invariant(groups !== undefined, `${address} is no IPv6 address`);
    for (const group of groups) writer.short(group);
  },
};
