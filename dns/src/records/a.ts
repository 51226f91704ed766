import type { RecordOf, RecordType } from './record-type.ts';

/** An IPv4 address. */
export interface ARecord extends RecordOf<'A'> {
  readonly address: string;
}

export const a: RecordType<ARecord> = {
  number: 1,
  write({ address }, writer) {
    for (const part of address.split('.')) writer.byte(Number(part));
  },
};
