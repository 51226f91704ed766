import type { Process } from '../container/process.ts';
import { absolutePath } from '../container/standard-io.ts';
import { UsageError } from './command.ts';

/** Where a file goes: into the target where that is a directory. */
export function destination(process: Process, source: string, target: string): string {
  const absolute = absolutePath(process, target);
  if (!process.files.exists(absolute) || process.files.stat(absolute).type !== 'directory') return target;
  return `${target.replace(/\/$/, '')}/${source.replace(/\/+$/, '').split('/').at(-1)}`;
}

/** Takes the last operand for the target. Throws UsageError for fewer than two. */
export function sourcesAndTarget(operands: readonly string[]): [string[], string] {
  if (operands.length < 2) throw new UsageError('missing file operand');
  return [operands.slice(0, -1), operands.at(-1)!];
}

/** The operands. Throws UsageError where there are none. */
export function atLeastOne(operands: readonly string[]): readonly string[] {
  if (operands.length === 0) throw new UsageError('missing operand');
  return operands;
}
