import { MessageWriter } from './message-writer.ts';
import { CLASS_IN } from './record.ts';

const RECURSION_DESIRED = 0x0100;

/** Writes a question to another server; whoever sends it gives it an id. */
export function encodeQuery(name: string, type: number): Buffer {
  const writer = new MessageWriter();
  writer.name(name);
  writer.short(type);
  writer.short(CLASS_IN);
  return writer.message(0, RECURSION_DESIRED, [1, 0, 0, 0]);
}
