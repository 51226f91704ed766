import { FileSystemError } from '../../container/file-system.ts';
import { absolutePath } from '../../container/standard-io.ts';
import { changeEach } from '../change-each.ts';
import { command, eachOperand, UsageError } from '../command.ts';

/** `chmod [-R] mode files`; octal or symbolic (`u+x,go-w`). */
export const chmod = command({ raw: true }, async (process) => {
  const args = process.argv.slice(1).filter((argument) => argument !== '-R');
  const [mode, ...paths] = args;
  if (mode === undefined) throw new UsageError('missing operand');
  const recursive = process.argv.includes('-R');
  return eachOperand(process, paths, (path) =>
    changeEach(process, absolutePath(process, path), recursive, (at) => {
      const stat = process.files.stat(at);
      if (process.uid !== 0 && process.uid !== stat.uid) throw new FileSystemError('EACCES', at);
      process.files.chmod(at, newMode(mode, stat.mode, stat.type === 'directory'));
    }),
  );
});

function newMode(text: string, mode: number, directory: boolean): number {
  if (/^[0-7]{1,4}$/.test(text)) return parseInt(text, 8);
  let result = mode;
  for (const clause of text.split(',')) {
    const [, who, operator, what] = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause) ?? [];
    if (operator === undefined) throw new UsageError(`invalid mode '${text}'`);
    const classes = who === '' || who!.includes('a') ? 'ugo' : who!;
    let bits = 0;
    for (const [letter, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (!classes.includes(letter)) continue;
      if (operator === '=') result &= ~(7 << shift);
      for (const permission of what!)
        bits |= ({ r: 4, w: 2, x: 1, X: directory || (mode & 0o111) !== 0 ? 1 : 0 }[permission] ?? 0) << shift;
    }
    if (what!.includes('t')) bits |= 0o1000;
    if (what!.includes('s')) bits |= (classes.includes('u') ? 0o4000 : 0) | (classes.includes('g') ? 0o2000 : 0);
    result = operator === '-' ? result & ~bits : result | bits;
  }
  return result;
}
