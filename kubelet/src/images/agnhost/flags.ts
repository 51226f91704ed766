import { parseDuration } from '../../shell/programs/sleep.ts';

/** Go's flags: `--name=value`, `--name value`, one dash or two; a name alone is true. */
export interface Flags {
  readonly operands: readonly string[];
  text(name: string): string | undefined;
  number(name: string, standard: number): number;
  on(name: string, standard: boolean): boolean;
  /** In milliseconds. */
  duration(name: string, standardMs: number): number;
  /** All flags in the order given. */
  readonly all: readonly (readonly [name: string, value: string])[];
}

const SWITCHES = new Set(['http', 'tcp', 'udp', 'json-response', 'close', 'sctp', 'delay-shutdown-now']);

export function flagsOf(args: readonly string[]): Flags {
  const all: [string, string][] = [];
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const [, name, value] = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(args[at]!) ?? [];
    if (name === undefined) operands.push(args[at]!);
    else if (value !== undefined) all.push([name, value]);
    else if (SWITCHES.has(name) || args[at + 1] === undefined || args[at + 1]!.startsWith('--'))
      all.push([name, 'true']);
    else all.push([name, args[++at]!]);
  }
  const text = (name: string): string | undefined => all.findLast(([other]) => other === name)?.[1];
  return {
    all,
    operands,
    text,
    number: (name, standard) => {
      const value = Number(text(name) ?? standard);
      return Number.isFinite(value) ? value : standard;
    },
    on: (name, standard) => (text(name) === undefined ? standard : text(name) !== 'false'),
    duration: (name, standardMs) => {
      const value = text(name);
      return value === undefined ? standardMs : /^[\d.]+$/.test(value) ? Number(value) * 1000 : parseDuration(value);
    },
  };
}
