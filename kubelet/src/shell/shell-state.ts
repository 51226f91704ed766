import type { Readable, Writable } from 'node:stream';
import type { SignalName } from '../container/process.ts';
import type { Command } from './ast.ts';

export interface Variable {
  readonly value: string | undefined;
  readonly exported: boolean;
  readonly readonly: boolean;
}

/** The shell's own errors, such as an assignment to a read-only variable: they end a script. */
export class ShellError extends Error {
  override readonly name = 'ShellError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const OPTION_LETTERS = {
  a: 'allexport',
  e: 'errexit',
  f: 'noglob',
  n: 'noexec',
  u: 'nounset',
  v: 'verbose',
  x: 'xtrace',
  C: 'noclobber',
  m: 'monitor',
} as const;
/** A script that doubles a variable for ever must not take the host's memory. */
const MAX_VARIABLE = 16 * 1024 * 1024;

export type OptionName = (typeof OPTION_LETTERS)[keyof typeof OPTION_LETTERS] | 'pipefail';

/** Where a command reads and writes: what redirections change for its time. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Descriptors from 3 on. */
  readonly more: ReadonlyMap<number, Readable | Writable>;
}

export interface Job {
  readonly number: number;
  readonly pid: number;
  readonly command: string;
  readonly exit: Promise<number>;
  status: number | undefined;
}

/** All that a subshell has a copy of. */
export class ShellState {
  readonly variables = new Map<string, Variable>();
  readonly functions = new Map<string, Command>();
  readonly options = new Set<OptionName>();
  readonly traps = new Map<SignalName | 'EXIT', string>();
  /** For each function running: the variables that `local` has put aside. */
  readonly locals: Map<string, Variable | undefined>[] = [];
  jobs: Job[] = [];
  /** `$0` */
  name = 'sh';
  positional: readonly string[] = [];
  lastStatus = 0;
  lastBackgroundPid: number | undefined;
  cwd = '/';
  umask = 0o022;
  /** `$$`: the shell's own number, also in its subshells. */
  pid = 0;
  loopDepth = 0;
  functionDepth = 0;
  /** Begun by `.`: where `return` may stand. */
  sourceDepth = 0;
  /** Above 0 where a failure is asked about, so `set -e` does not act. */
  conditionDepth = 0;
  interactive = false;

  static fromEnvironment(env: Readonly<Record<string, string>>): ShellState {
    const state = new ShellState();
    for (const [name, value] of Object.entries(env))
      state.variables.set(name, { value, exported: true, readonly: false });
    return state;
  }

  /** A subshell's copy. Traps that run commands are not passed on. */
  copy(): ShellState {
    const copy = new ShellState();
    for (const [name, variable] of this.variables) copy.variables.set(name, variable);
    for (const [name, body] of this.functions) copy.functions.set(name, body);
    for (const option of this.options) copy.options.add(option);
    for (const saved of this.locals) copy.locals.push(new Map(saved));
    copy.name = this.name;
    copy.positional = this.positional;
    copy.lastStatus = this.lastStatus;
    copy.lastBackgroundPid = this.lastBackgroundPid;
    copy.cwd = this.cwd;
    copy.umask = this.umask;
    copy.pid = this.pid;
    copy.loopDepth = this.loopDepth;
    copy.functionDepth = this.functionDepth;
    copy.sourceDepth = this.sourceDepth;
    copy.conditionDepth = this.conditionDepth;
    return copy;
  }

  get(name: string): string | undefined {
    return this.variables.get(name)?.value;
  }

  set(name: string, value: string): void {
    const before = this.variables.get(name);
    if (before?.readonly === true) throw new ShellError(`${name}: is read only`);
    if (value.length > MAX_VARIABLE) throw new ShellError('out of memory');
    this.variables.set(name, {
      value,
      exported: before?.exported === true || this.options.has('allexport'),
      readonly: false,
    });
  }

  unset(name: string): void {
    if (this.variables.get(name)?.readonly === true) throw new ShellError(`${name}: is read only`);
    this.variables.delete(name);
  }

  mark(name: string, marks: { readonly exported?: boolean; readonly readonly?: boolean }): void {
    const before = this.variables.get(name) ?? { value: undefined, exported: false, readonly: false };
    this.variables.set(name, { ...before, ...marks });
  }

  /** The environment of a child. */
  environment(): Record<string, string> {
    const env: Record<string, string> = {};
    for (const [name, { value, exported }] of this.variables) if (exported && value !== undefined) env[name] = value;
    return env;
  }

  /** The letters of `$-`. */
  flags(): string {
    const letters = Object.entries(OPTION_LETTERS).filter(([, option]) => this.options.has(option));
    return `${letters.map(([letter]) => letter).join('')}${this.interactive ? 'i' : ''}`;
  }
}
