import type { RecordOf, RecordType } from './record-type.ts';

/** The name server of a zone. */
export interface NsRecord extends RecordOf<'NS'> {
  readonly target: string;
}

export const ns: RecordType<NsRecord> = {
  number: 2,
  write({ target }, writer) {
    writer.name(target);
  },
};
