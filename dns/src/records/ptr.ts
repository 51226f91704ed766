import type { RecordOf, RecordType } from './record-type.ts';

/** The name of an address. */
export interface PtrRecord extends RecordOf<'PTR'> {
  readonly target: string;
}

export const ptr: RecordType<PtrRecord> = {
  number: 12,
  write({ target }, writer) {
    writer.name(target);
  },
};
