import type { RecordOf, RecordType } from './record-type.ts';

/** Another name that this one stands for. */
export interface CnameRecord extends RecordOf<'CNAME'> {
  readonly target: string;
}

export const cname: RecordType<CnameRecord> = {
  number: 5,
  write({ target }, writer) {
    writer.name(target);
  },
};
