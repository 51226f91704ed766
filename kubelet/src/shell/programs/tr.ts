import { readWhole, write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

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
