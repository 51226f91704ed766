import { linesOf, programName, readInput, write, absolutePath } from '../../container/standard-io.ts';
import type { Process } from '../../container/process.ts';
import { command, eachOperand, UsageError } from '../command.ts';
import { posixRegExp } from '../regular-expression.ts';

/** `grep [-EFivclLnoqsrhHwxABC] [-m count] [-e pattern] [-f file] pattern [files]` */
export const grep = command(
  {
    letters: 'EFGPivclLnoqsrRhHwxe:f:m:A:B:C:a',
    long: {
      'extended-regexp': 'E',
      'fixed-strings': 'F',
      'ignore-case': 'i',
      'invert-match': 'v',
      count: 'c',
      quiet: 'q',
      'only-matching': 'o',
      color: 'color',
      'line-number': 'n',
      'word-regexp': 'w',
      'max-count': 'm',
      regexp: 'e',
    },
    usageExitCode: 2,
  },
  async (process, options) => {
    const operands = [...options.operands];
    const patterns = options.all('e').flatMap((text) => text.split('\n'));
    for (const file of options.all('f'))
      patterns.push(
        ...process.files.readFile(absolutePath(process, file), process).toString().replace(/\n$/, '').split('\n'),
      );
    if (patterns.length === 0) {
      const pattern = operands.shift();
      if (pattern === undefined) throw new UsageError('no pattern given');
      patterns.push(...pattern.split('\n'));
    }
    const extended = options.has('E', 'P') || programName(process) === 'egrep';
    const fixed = options.has('F') || programName(process) === 'fgrep';
    let source = patterns
      .map(
        (pattern) =>
          `(?:${fixed ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : posixRegExp(pattern, extended ? 'extended' : 'basic')})`,
      )
      .join('|');
    if (options.has('w')) source = `(?<![\\w])(?:${source})(?![\\w])`;
    if (options.has('x')) source = `^(?:${source})$`;
    let expression: RegExp;
    try {
      expression = new RegExp(source, options.has('i') ? 'gi' : 'g');
    } catch {
      throw new UsageError(`bad regex '${patterns.join('\n')}'`);
    }
    const recursive = options.has('r', 'R');
    const files = recursive
      ? (operands.length > 0 ? operands : ['.']).flatMap((path) => filesBelow(process, path))
      : operands.length > 0
        ? operands
        : ['-'];
    const named = !options.has('h') && (options.has('H') || recursive || files.length > 1);
    const limit = options.number('m') ?? Infinity;
    const before = options.number('B') ?? options.number('C') ?? 0;
    const after = options.number('A') ?? options.number('C') ?? 0;
    let matched = false;
    const search = async (name: string): Promise<void> => {
      let count = 0;
      let number = 0;
      let trailing = 0;
      const held: { number: number; text: string }[] = [];
      const prefix = (line: number, mark: string): string =>
        `${named ? `${name}${mark}` : ''}${options.has('n') ? `${line}${mark}` : ''}`;
      const quiet = options.has('q', 'c', 'l', 'L');
      for await (const { text } of linesOf(readInput(process, name))) {
        number++;
        expression.lastIndex = 0;
        if (expression.test(text) === options.has('v')) {
          if (trailing > 0 && !quiet) {
            trailing--;
            await write(process, `${prefix(number, '-')}${text}\n`);
          } else if (before > 0) {
            held.push({ number, text });
            if (held.length > before) held.shift();
          }
          continue;
        }
        matched = true;
        count++;
        if (options.has('q') || options.has('l')) break;
        if (!quiet) {
          for (const line of held.splice(0)) await write(process, `${prefix(line.number, '-')}${line.text}\n`);
          if (options.has('o')) {
            expression.lastIndex = 0;
            for (const [found] of options.has('v') ? [] : text.matchAll(expression))
              if (found !== '') await write(process, `${prefix(number, ':')}${found}\n`);
          } else await write(process, `${prefix(number, ':')}${text}\n`);
          trailing = after;
        }
        if (count >= limit) break;
      }
      if (options.has('c')) await write(process, `${named ? `${name}:` : ''}${count}\n`);
      if ((options.has('l') && count > 0) || (options.has('L') && count === 0)) await write(process, `${name}\n`);
    };
    let failed = 0;
    for (const file of files) {
      if (matched && options.has('q')) break;
      if (options.has('s')) {
        if (file === '-' || process.files.exists(absolutePath(process, file))) await search(file);
        else failed = 2;
      } else if ((await eachOperand(process, [file], search)) !== 0) failed = 2;
    }
    return matched && options.has('q') ? 0 : failed !== 0 ? failed : matched ? 0 : 1;
  },
);

/** The regular files below a path, in order. */
export function filesBelow(process: Process, path: string): string[] {
  const stat = process.files.stat(absolutePath(process, path));
  if (stat.type !== 'directory') return [path];
  return process.files.readDirectory(absolutePath(process, path), process).flatMap((name) => {
    const inner = `${path.replace(/\/$/, '')}/${name}`;
    return process.files.exists(absolutePath(process, inner)) ? filesBelow(process, inner) : [];
  });
}
