import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';
import { joined, splitLines, wholeInput } from '../text-lines.ts';

/** `uniq [-cdui] [file]` */
export const uniq = command({ letters: 'cduif:s:w:' }, async (process, options) => {
  const { text, status } = await wholeInput(process, options.operands.slice(0, 1));
  const groups: { line: string; count: number }[] = [];
  const key = (line: string): string => (options.has('i') ? line.toLowerCase() : line);
  for (const line of splitLines(text)) {
    const last = groups.at(-1);
    if (last !== undefined && key(last.line) === key(line)) last.count++;
    else groups.push({ line, count: 1 });
  }
  const kept = groups.filter(({ count }) => (options.has('d') ? count > 1 : options.has('u') ? count === 1 : true));
  await write(
    process,
    joined(kept.map(({ line, count }) => (options.has('c') ? `${String(count).padStart(7)} ${line}` : line))),
  );
  return status;
});
