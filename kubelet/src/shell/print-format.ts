import { CONTROL_ESCAPES } from './ansi-escapes.ts';

/** `printf`: the format used again while arguments are left. Bad numbers are told to `complain` and count as 0. */
export function printFormat(
  format: string,
  args: readonly string[],
  complain: (message: string) => void,
): { text: string; stopped: boolean } {
  const rest = [...args];
  let text = '';
  for (let first = true; first || rest.length > 0; first = false) {
    const before = rest.length;
    const round = oneRound(format, rest, complain);
    text += round.text;
    if (round.stopped) return { text, stopped: true };
    if (rest.length === before) break;
  }
  return { text, stopped: false };
}

const DIRECTIVE =
  /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?([%diouxXcsbqeEfFgG])|\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|[\s\S])|[^%\\]+|[\s\S]/g;

function oneRound(
  format: string,
  rest: string[],
  complain: (message: string) => void,
): { text: string; stopped: boolean } {
  let text = '';
  for (const found of format.matchAll(DIRECTIVE)) {
    const [all, flags = '', width, precision, conversion, escape] = found;
    if (escape !== undefined) {
      if (escape === 'c') return { text, stopped: true };
      text += unescape(escape);
    } else if (conversion === undefined) text += all;
    else if (conversion === '%') text += '%';
    else {
      const size = (spec: string | undefined): number | undefined =>
        spec === undefined ? undefined : spec === '*' ? Number(rest.shift() ?? 0) : Number(spec);
      const wide = Math.min(size(width) ?? 0, 10_000);
      const places = size(precision);
      const argument = rest.shift();
      if (conversion === 'b') {
        const [shown, stopped] = echoEscapes(argument ?? '');
        text += pad(shown, wide, flags);
        if (stopped) return { text, stopped: true };
      } else text += pad(convert(conversion, argument, flags, places, complain), wide, flags);
    }
  }
  return { text, stopped: false };
}

function convert(
  conversion: string,
  argument: string | undefined,
  flags: string,
  places: number | undefined,
  complain: (message: string) => void,
): string {
  switch (conversion) {
    case 's':
      return places === undefined ? (argument ?? '') : (argument ?? '').slice(0, places);
    case 'q':
      return /^[\w@%+=:,./-]+$/.test(argument ?? '') ? argument! : `'${(argument ?? '').replaceAll("'", `'\\''`)}'`;
    case 'c':
      return (argument ?? '').slice(0, 1);
    case 'd':
    case 'i':
      return signed(String(integer(argument, complain)), flags);
    case 'o':
      return BigInt.asUintN(64, integer(argument, complain)).toString(8);
    case 'u':
      return BigInt.asUintN(64, integer(argument, complain)).toString();
    case 'x':
      return (flags.includes('#') ? '0x' : '') + BigInt.asUintN(64, integer(argument, complain)).toString(16);
    case 'X':
      return BigInt.asUintN(64, integer(argument, complain)).toString(16).toUpperCase();
    case 'e':
    case 'E': {
      const shown = float(argument, complain)
        .toExponential(Math.min(places ?? 6, 100))
        .replace(/e([-+])(\d)$/, 'e$10$2');
      return signed(conversion === 'E' ? shown.toUpperCase() : shown, flags);
    }
    case 'g':
    case 'G':
      return signed(
        String(Number(float(argument, complain).toPrecision(Math.min(Math.max(places ?? 6, 1), 100)))),
        flags,
      );
    default:
      return signed(float(argument, complain).toFixed(Math.min(places ?? 6, 100)), flags);
  }
}

const signed = (text: string, flags: string): string =>
  text.startsWith('-') ? text : flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;

function pad(text: string, width: number, flags: string): string {
  if (text.length >= width) return text;
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0')) return text.padStart(width);
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

function integer(argument: string | undefined, complain: (message: string) => void): bigint {
  const text = (argument ?? '').trim();
  if (argument === undefined || text === '') return 0n;
  if (/^["']/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
  const found = /^([-+]?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(text);
  if (found === null) {
    complain(`invalid number '${argument}'`);
    return BigInt(/^[-+]?\d+/.exec(text)?.[0] ?? 0);
  }
  const digits = /^0\d/.test(found[2]!) && !/[89]/.test(found[2]!) ? `0o${found[2]!.slice(1)}` : found[2]!;
  return found[1] === '-' ? -BigInt(digits) : BigInt(digits);
}

function float(argument: string | undefined, complain: (message: string) => void): number {
  if (argument === undefined || argument === '') return 0;
  const value = Number(argument);
  if (!Number.isNaN(value)) return value;
  complain(`invalid number '${argument}'`);
  return 0;
}

const ESCAPES: Readonly<Record<string, string>> = { ...CONTROL_ESCAPES, '\\': '\\', '"': '"' };

function unescape(escape: string): string {
  if (/^[0-7]/.test(escape)) return String.fromCharCode(parseInt(escape, 8) & 0xff);
  if (/^x./.test(escape)) return String.fromCharCode(parseInt(escape.slice(1), 16));
  return ESCAPES[escape] ?? `\\${escape}`;
}

/** The escapes of `echo -e` and `printf %b`; the second value tells that `\c` ended all output. */
function echoEscapes(text: string): [string, boolean] {
  let result = '';
  for (const found of text.matchAll(/\\(0[0-7]{0,3}|x[0-9a-fA-F]{1,2}|[1-7][0-7]{0,2}|[\s\S])|[^\\]+|\\/g)) {
    const escape = found[1];
    if (escape === undefined) result += found[0];
    else if (escape === 'c') return [result, true];
    else if (escape === '0') result += '\0';
    else result += unescape(escape);
  }
  return [result, false];
}

/** What `echo` prints for its arguments. */
export function echoText(args: readonly string[]): string {
  let newline = true;
  let escapes = false;
  let at = 0;
  for (; /^-[neE]+$/.test(args[at] ?? ''); at++)
    for (const letter of args[at]!.slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  const text = args.slice(at).join(' ');
  if (!escapes) return newline ? `${text}\n` : text;
  const [shown, stopped] = echoEscapes(text);
  return newline && !stopped ? `${shown}\n` : shown;
}
