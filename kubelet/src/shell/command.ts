import { FileSystemError } from '../container/file-system.ts';
import { BrokenPipeError } from '../container/pipe.ts';
import type { Process, Program } from '../container/process.ts';
import { complain } from '../container/standard-io.ts';

/** Wrong arguments: told on stderr, exit code as given. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The options of a command line, as getopt finds them. */
export class Options {
  readonly operands: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(operands: readonly string[], values: ReadonlyMap<string, readonly string[]>) {
    this.operands = operands;
    this.#values = values;
  }

  has(...letters: string[]): boolean {
    return letters.some((letter) => this.#values.has(letter));
  }

  /** The last value given. */
  value(letter: string): string | undefined {
    return this.#values.get(letter)?.at(-1);
  }

  all(letter: string): readonly string[] {
    return this.#values.get(letter) ?? [];
  }

  /** A number; UsageError where it is none. */
  number(letter: string): number | undefined {
    const text = this.value(letter);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === '' || Number.isNaN(value)) throw new UsageError(`invalid number '${text}'`);
    return value;
  }
}

/**
 * Parses arguments. `letters` is getopt's: a colon after a letter says that it takes a value; `+` in front stops at the first
 * operand. `long` names long options by what they stand for: a letter of `letters`, or a word of their own (`:` after it: takes
 * a value). Throws UsageError.
 */
export function parseOptions(
  args: readonly string[],
  letters: string,
  long: Readonly<Record<string, string>> = {},
): Options {
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  const add = (name: string, value: string): void =>
    void (values.get(name) ?? values.set(name, []).get(name)!).push(value);
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === '--') {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (argument.startsWith('--')) {
      const [name, given] = splitOnce(argument.slice(2), '=');
      const meaning = long[name];
      if (meaning === undefined) throw new UsageError(`unrecognized option '--${name}'`);
      const letter = meaning.replace(/:$/, '');
      const takesValue = meaning.endsWith(':') || letters.includes(`${letter}:`);
      if (!takesValue) add(letter, '');
      else if (given !== undefined) add(letter, given);
      else if (++at < args.length) add(letter, args[at]!);
      else throw new UsageError(`option '--${name}' requires an argument`);
    } else if (argument.startsWith('-') && argument !== '-') {
      for (let i = 1; i < argument.length; i++) {
        const letter = argument[i]!;
        const found = letter === ':' || letter === '+' ? -1 : letters.indexOf(letter);
        if (found === -1) throw new UsageError(`invalid option -- '${letter}'`);
        if (letters[found + 1] !== ':') add(letter, '');
        else {
          const value = argument.slice(i + 1) || args[++at];
          if (value === undefined) throw new UsageError(`option requires an argument -- '${letter}'`);
          add(letter, value);
          break;
        }
      }
    } else if (letters.startsWith('+')) {
      operands.push(...args.slice(at));
      break;
    } else operands.push(argument);
  }
  return new Options(operands, values);
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

export interface CommandSpec {
  readonly letters?: string | undefined;
  readonly long?: Readonly<Record<string, string>> | undefined;
  /** The exit code for wrong arguments; 1 where absent. */
  readonly usageExitCode?: number | undefined;
  /** How the program words what is wrong with its arguments; as it is where absent. */
  readonly usageMessage?: ((message: string) => string) | undefined;
  /** The program looks at its arguments itself. */
  readonly raw?: boolean | undefined;
  /** `-5` means `-n 5`, as in head and tail. */
  readonly countOption?: boolean | undefined;
}

/** A program with getopt's options, whose errors about arguments and files are told as usual. */
export const command =
  (spec: CommandSpec, run: (process: Process, options: Options) => Promise<number>): Program =>
  async (process) => {
    try {
      return await run(process, parsed(process.argv.slice(1), spec));
    } catch (error) {
      if (error instanceof UsageError) {
        await complain(process, spec.usageMessage?.(error.message) ?? error.message);
        return spec.usageExitCode ?? error.exitCode;
      }
      if (error instanceof FileSystemError) {
        await complain(process, `${error.path}: ${error.reason}`);
        return 1;
      }
      if (error instanceof BrokenPipeError) return 141;
      throw error;
    }
  };

function parsed(args: readonly string[], spec: CommandSpec): Options {
  if (spec.raw === true) return new Options(args, new Map());
  const spelled =
    spec.countOption === true
      ? args.flatMap((argument, i) =>
          /^[-+]\d+$/.test(argument) && !/^-[nc]$/.test(args[i - 1] ?? '')
            ? ['-n', argument.replace('-', '')]
            : [argument],
        )
      : args;
  return parseOptions(spelled, spec.letters ?? '', spec.long);
}

/** Does something for each operand and goes on after a failed one; 1 where any failed. */
export async function eachOperand(
  process: Process,
  operands: readonly string[],
  body: (operand: string) => Promise<void> | void,
  describe: (operand: string, reason: string) => string = (operand, reason) => `${operand}: ${reason}`,
): Promise<number> {
  let status = 0;
  for (const operand of operands) {
    try {
      await body(operand);
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
      await complain(process, describe(operand, error.reason));
      status = 1;
    }
  }
  return status;
}
