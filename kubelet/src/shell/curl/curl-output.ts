import type { Process } from '../../container/process.ts';
import { absolutePath, write } from '../../container/standard-io.ts';
import type { Options } from '../command.ts';

/** Where a response's bytes go: stdout, or the file of `-o` or `-O`. */
export function responseOutput(process: Process, options: Options, index: number): (data: Buffer) => Promise<void> {
  const url = options.operands[index] ?? '';
  const name = options.has('O')
    ? (url
        .replace(/[?#].*/, '')
        .split('/')
        .at(-1) ?? '')
    : options.all('o')[index];
  if (name === undefined || name === '-') return (data) => write(process, data);
  const path = absolutePath(process, name);
  process.files.writeFile(path, '', { as: process });
  return async (data) => process.files.writeFile(path, data, { append: true, as: process });
}
