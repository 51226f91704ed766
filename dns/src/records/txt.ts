import type { RecordOf, RecordType } from './record-type.ts';

/** A text of at most 255 bytes. */
export interface TxtRecord extends RecordOf<'TXT'> {
  readonly text: string;
}

export const txt: RecordType<TxtRecord> = {
  number: 16,
  write({ text }, writer) {
    writer.characters(text);
  },
};
