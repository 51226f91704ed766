import { readWhole, write } from '../../container/standard-io.ts';
import type { Process } from '../../container/process.ts';
import { command, eachOperand, UsageError } from '../command.ts';

async function wholeInput(process: Process, names: readonly string[]): Promise<{ text: string; status: number }> {
  const parts: Buffer[] = [];
  const status = await eachOperand(
    process,
    names.length === 0 ? ['-'] : names,
    async (name) => void parts.push(await readWhole(process, name)),
  );
  return { text: Buffer.concat(parts).toString(), status };
}

function splitLines(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** The positions that `1,3-5,7-` names. */
function ranges(text: string): (position: number) => boolean {
  const parts = text.split(',').map((part) => {
    const [, from, dash, to] = /^(\d*)(-?)(\d*)$/.exec(part) ?? [];
    if (from === undefined || (from === '' && to === '')) throw new UsageError(`invalid range '${part}'`);
    return { from: from === '' ? 1 : Number(from), to: dash === '' ? Number(from) : to === '' ? Infinity : Number(to) };
  });
  return (position) => parts.some(({ from, to }) => position >= from && position <= to);
}

/** `cut (-c | -b | -f) list [-d delimiter] [-s] [files]` */
export const cut = command(
  { letters: 'c:b:f:d:sn', long: { fields: 'f', delimiter: 'd', characters: 'c', 'output-delimiter': 'o:' } },
  async (process, options) => {
    const spec = options.value('f') ?? options.value('c') ?? options.value('b');
    if (spec === undefined) throw new UsageError('expected a list of bytes, characters, or fields');
    const wanted = ranges(spec);
    const delimiter = options.value('d') ?? '\t';
    const { text, status } = await wholeInput(process, options.operands);
    const lines = splitLines(text).flatMap((line) => {
      if (!options.has('f'))
        return [
          Array.from(line)
            .filter((_character, i) => wanted(i + 1))
            .join(''),
        ];
      if (!line.includes(delimiter)) return options.has('s') ? [] : [line];
      return [
        line
          .split(delimiter)
          .filter((_field, i) => wanted(i + 1))
          .join(options.value('o') ?? delimiter),
      ];
    });
    await write(process, joined(lines));
    return status;
  },
);

function trSet(text: string): string[] {
  const classes: Readonly<Record<string, string>> = {
    lower: 'abcdefghijklmnopqrstuvwxyz',
    upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    digit: '0123456789',
    space: ' \t\n\v\f\r',
    blank: ' \t',
    alpha: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
    alnum: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
    punct: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  };
  const plain = text
    .replace(/\[:(\w+):\]/g, (all, name: string) => classes[name] ?? all)
    .replace(/\\([0-7]{1,3}|.)/g, (_all, escape: string) =>
      /^[0-7]/.test(escape)
        ? String.fromCharCode(parseInt(escape, 8))
        : ({ n: '\n', t: '\t', r: '\r', '\\': '\\' }[escape] ?? escape),
    );
  const result: string[] = [];
  const characters = Array.from(plain);
  for (let i = 0; i < characters.length; i++) {
    if (characters[i + 1] !== '-' || characters[i + 2] === undefined) result.push(characters[i]!);
    else {
      const end = Math.min(characters[i + 2]!.codePointAt(0)!, characters[i]!.codePointAt(0)! + 65_535);
      for (let code = characters[i]!.codePointAt(0)!; code <= end; code++) result.push(String.fromCodePoint(code));
      i += 2;
    }
  }
  return result;
}

/** `tr [-cds] set1 [set2]` */
export const tr = command({ letters: '+cdsC' }, async (process, options) => {
  const from = trSet(options.operands[0] ?? '');
  const to = trSet(options.operands[1] ?? '');
  const inFrom = new Set(from);
  const complement = options.has('c', 'C');
  const squeezed = new Set(options.operands[1] === undefined ? from : to);
  const table = new Map(from.map((character, i) => [character, to[Math.min(i, to.length - 1)] ?? character]));
  let result = '';
  let last = '';
  for (const character of await readWhole(process, '-').then(String)) {
    const hit = inFrom.has(character) !== complement;
    if (hit && options.has('d')) continue;
    const next =
      hit && to.length > 0 && !options.has('d')
        ? complement
          ? to.at(-1)!
          : (table.get(character) ?? character)
        : character;
    if (options.has('s') && next === last && (squeezed.has(next) || (complement && hit))) continue;
    result += next;
    last = next;
  }
  await write(process, result);
  return 0;
});

/** `sort [-nrufh] [-k field] [-t separator] [files]` */
export const sort = command({ letters: 'nrufhVk:t:o:bsgiM' }, async (process, options) => {
  const { text, status } = await wholeInput(process, options.operands);
  const [, field, letters = ''] = /^(\d+)[\d.,]*([a-z]*)/.exec(options.value('k') ?? '') ?? [];
  const separator = options.value('t');
  const has = (letter: string): boolean => options.has(letter) || letters.includes(letter);
  const key = (line: string): string => {
    const part =
      field === undefined
        ? line
        : ((separator === undefined ? line.trim().split(/\s+/) : line.split(separator))[Number(field) - 1] ?? '');
    return has('f') ? part.toUpperCase() : part;
  };
  const units = 'KMGTPE';
  const number = (part: string): number => {
    const [, digits = '0', unit = ''] = /^\s*(-?\d*\.?\d*)([KMGTPE]?)/i.exec(part) ?? [];
    return (Number(digits) || 0) * (has('h') && unit !== '' ? 1024 ** (units.indexOf(unit.toUpperCase()) + 1) : 1);
  };
  const order = (a: string, b: string): number => {
    const [left, right] = [key(a), key(b)];
    const numeric =
      has('n') || has('h') || has('g')
        ? number(left) - number(right)
        : has('V')
          ? left.localeCompare(right, 'en', { numeric: true })
          : 0;
    return numeric !== 0
      ? numeric
      : has('n') && field !== undefined
        ? a < b
          ? -1
          : a > b
            ? 1
            : 0
        : left < right
          ? -1
          : left > right
            ? 1
            : a < b
              ? -1
              : a > b
                ? 1
                : 0;
  };
  let lines = splitLines(text).toSorted((a, b) => (has('r') ? -order(a, b) : order(a, b)));
  if (options.has('u')) lines = lines.filter((line, i) => i === 0 || key(line) !== key(lines[i - 1]!));
  await write(process, joined(lines));
  return status;
});

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
