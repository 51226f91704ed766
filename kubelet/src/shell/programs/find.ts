import type { Program } from '../../container/process.ts';
import { absolutePath, complain, write } from '../../container/standard-io.ts';
import { eachOperand } from '../command.ts';
import { compilePattern } from '../pattern.ts';

/** `find [paths] [-name pattern] [-type f|d|l] [-maxdepth n] [-print]` */
export const find: Program = async (process) => {
  const args = process.argv.slice(1);
  const first = args.findIndex((argument) => argument.startsWith('-'));
  const roots = args.slice(0, first === -1 ? undefined : first);
  const value = (name: string): string | undefined => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const unknown = args
    .slice(roots.length)
    .find(
      (argument) =>
        argument.startsWith('-') &&
        !['-name', '-type', '-maxdepth', '-mindepth', '-print', '-iname'].includes(argument),
    );
  if (unknown !== undefined) {
    await complain(process, `unrecognized: ${unknown}`);
    return 1;
  }
  const fits = compilePattern(value('-name') ?? '*');
  const type = value('-type');
  const deepest = Number(value('-maxdepth') ?? Infinity);
  const shallowest = Number(value('-mindepth') ?? 0);
  const visit = async (path: string, depth: number): Promise<void> => {
    const absolute = absolutePath(process, path);
    const facts = process.files.stat(absolute, { noFollow: true });
    const base =
      path
        .replace(/(.)\/+$/, '$1')
        .split('/')
        .at(-1) ?? path;
    if (depth >= shallowest && fits(base) && (type === undefined || facts.type.startsWith(type === 'l' ? 's' : type)))
      await write(process, `${path}\n`);
    if (facts.type === 'directory' && depth < deepest)
      for (const name of process.files.readDirectory(absolute, process))
        await visit(`${path.replace(/\/$/, '')}/${name}`, depth + 1);
  };
  return eachOperand(process, roots.length === 0 ? ['.'] : roots, (root) => visit(root, 0));
};
