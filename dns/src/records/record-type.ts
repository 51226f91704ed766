import type { MessageWriter } from '../message-writer.ts';

/** A resource record of class IN; names are absolute, without the final dot. */
export interface RecordOf<Type extends string> {
  readonly type: Type;
  readonly name: string;
  readonly ttl: number;
}

/** What the wire knows of a type of records: its number, and how its data is written (RFC 1035 and what each file names). */
export interface RecordType<Record> {
  readonly number: number;
  write(record: Record, writer: MessageWriter): void;
}
