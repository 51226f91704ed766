import type { Process } from '../../container/process.ts';

/** The value of a flag in Go's forms: `-text hi`, `-text=hi`. */
export function flag(process: Process, ...names: string[]): string | undefined {
  const { argv } = process;
  for (const [i, argument] of argv.entries())
    for (const name of names) {
      if (argument === name) return argv[i + 1];
      if (argument.startsWith(`${name}=`)) return argument.slice(name.length + 1);
    }
  return undefined;
}
