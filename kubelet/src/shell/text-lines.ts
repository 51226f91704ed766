import type { Process } from '../container/process.ts';
import { readWhole } from '../container/standard-io.ts';
import { eachOperand } from './command.ts';

/** All files together (stdin where none is named), and 1 as the status where one could not be read. */
export async function wholeInput(
  process: Process,
  names: readonly string[],
): Promise<{ text: string; status: number }> {
  const parts: Buffer[] = [];
  const status = await eachOperand(
    process,
    names.length === 0 ? ['-'] : names,
    async (name) => void parts.push(await readWhole(process, name)),
  );
  return { text: Buffer.concat(parts).toString(), status };
}

/** The lines of a text; a newline at its end begins no further one. */
export function splitLines(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** The text that has these lines. */
export const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
