import { BrokenPipeError, emptyInput, makePipe, releaseStream } from '../container/pipe.ts';
import type { ChildProcess, Process, SignalName } from '../container/process.ts';
import { SpawnError } from '../container/process.ts';
import { readChunk, step, write } from '../container/standard-io.ts';
import type { FileSystem } from '../container/file-system.ts';
import { FileSystemError } from '../container/file-system.ts';
import { ArithmeticError, evaluateArithmetic } from './arithmetic.ts';
import type { Command, List, Redirect } from './ast.ts';
import type { Builtin } from './builtin.ts';
import { builtins, specialBuiltins } from './builtins/index.ts';
import { evaluateCondition } from './condition.ts';
import { FunctionReturn, Interrupted, LoopJump, ShellExit } from './control-flow.ts';
import type { Expander } from './expand.ts';
import { expandFields, expandPattern, expandText } from './expand.ts';
import { Parser } from './parser.ts';
import { matchesPattern } from './pattern.ts';
import { openRedirects, RedirectError } from './redirect.ts';
import type { Io, Job } from './shell-state.ts';
import { ShellError, ShellState } from './shell-state.ts';
import { ShellSyntaxError } from './shell-syntax-error.ts';
import { shellQuote } from './shell-quote.ts';

const MAX_SUBSTITUTION = 16 * 1024 * 1024;
const MAX_FUNCTION_DEPTH = 1000;

/** Runs commands in a process: the tree-walking half of the shell. */
export class Interpreter implements Expander {
  readonly process: Process;
  readonly state: ShellState;
  /** What the shell itself reads and writes; `exec` with redirections changes it. */
  io: Io;
  /** ^C was typed while the interactive shell was at work itself. */
  interrupted = false;
  /** Awoken when a trapped signal comes: for `wait`. */
  onTrap: (() => void) | undefined;

  readonly #pendingTraps: SignalName[] = [];
  readonly #trapped = new Map<SignalName, Disposable>();
  #substitutionStatus: number | undefined;

  constructor(process: Process, state: ShellState, io?: Io) {
    this.process = process;
    this.state = state;
    this.io = io ?? { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, more: new Map() };
  }

  get files(): FileSystem {
    return this.process.files;
  }

  /** Runs a list to its end as a (sub)shell of its own: `exit` ends here, and the EXIT trap runs. */
  async runAsShell(list: List, last = true): Promise<number> {
    return this.asShell(() => this.list(list, this.io, last));
  }

  async asShell(body: () => Promise<number>): Promise<number> {
    let status = await this.#guarded(body);
    const trap = this.state.traps.get('EXIT');
    if (trap !== undefined) {
      this.state.traps.delete('EXIT');
      this.state.lastStatus = status;
      const kept = status;
      status = await this.#guarded(async () => {
        await this.evaluate(trap, this.io);
        return kept;
      });
    }
    return status;
  }

  async #guarded(body: () => Promise<number>): Promise<number> {
    try {
      return await body();
    } catch (error) {
      if (error instanceof ShellExit || error instanceof FunctionReturn) return error.status;
      if (error instanceof LoopJump) return 0;
      if (error instanceof BrokenPipeError) return 141;
      const report = errorReport(error);
      if (report === undefined) throw error;
      await this.complain(report.message, this.io);
      return report.status;
    }
  }

  findBuiltin(name: string): { readonly special: boolean; readonly run: Builtin } | undefined {
    const special = specialBuiltins.get(name);
    const run = special ?? builtins.get(name);
    return run && { special: special !== undefined, run };
  }

  complain(message: string, io: Io): Promise<void> {
    return write(this.process, `${this.state.name}: ${message}\n`, io.stderr);
  }

  /** Parses and runs a text in this shell (`eval`, `.`, traps), command by command. */
  async evaluate(text: string, io: Io): Promise<number> {
    const parser = new Parser(text);
    let status = 0;
    for (let next; (next = parser.nextCommand()) !== undefined;) status = await this.list(next, io);
    return status;
  }

  async list(list: List, io: Io, last = false): Promise<number> {
    let status = 0;
    const { items } = list;
    for (let i = 0; i < items.length; i++) {
      const { command, background } = items[i]!;
      status = background
        ? this.#background(command, io)
        : await this.execute(command, io, last && i === items.length - 1);
      this.state.lastStatus = status;
    }
    return status;
  }

  /** Runs one command. `last` says that nothing comes after it, so it may take the shell's place. */
  async execute(command: Command, io: Io, last = false): Promise<number> {
    await step(this.process);
    if (this.interrupted) throw new Interrupted();
    if (this.#pendingTraps.length > 0) await this.runTraps(io);
    if (this.state.options.has('noexec') && !this.state.interactive) return 0;
    switch (command.type) {
      case 'list':
        return this.list(command, io, last);
      case 'simple':
        return this.#checked(await this.#simple(command, io, last));
      case 'pipeline':
        return this.#pipeline(command, io);
      case 'and':
      case 'or': {
        const left = await this.#asCondition(() => this.execute(command.left, io));
        this.state.lastStatus = left;
        return (left === 0) === (command.type === 'and') ? this.execute(command.right, io, last) : left;
      }
      case 'function':
        this.state.functions.set(command.name, command.body);
        return 0;
      case 'subshell':
        return this.#checked(
          await this.#redirected(command.redirects, io, (inner) =>
            this.#foreground([this.fork({ ...command.body }, inner, this.#jobGroup())]),
          ),
        );
      default:
        return this.#redirected(command.redirects, io, (inner) => this.#compound(command, inner));
    }
  }

  async #compound(
    command: Exclude<Command, { type: 'list' | 'simple' | 'pipeline' | 'and' | 'or' | 'function' | 'subshell' }>,
    io: Io,
  ): Promise<number> {
    switch (command.type) {
      case 'group':
        return this.list(command.body, io);
      case 'if': {
        for (const { condition, body } of command.branches)
          if ((await this.#asCondition(() => this.list(condition, io))) === 0) return this.list(body, io);
        return command.otherwise === undefined ? 0 : this.list(command.otherwise, io);
      }
      case 'for': {
        const values: string[] = [];
        if (command.words === undefined) values.push(...this.state.positional);
        else for (const word of command.words) values.push(...(await expandFields(word, this)));
        return this.#loop(
          async (round) => {
            const value = values[round];
            if (value === undefined) return false;
            this.state.set(command.name, value);
            return true;
          },
          () => this.list(command.body, io),
        );
      }
      case 'for-arithmetic': {
        const evaluate = async (word: typeof command.start): Promise<bigint> =>
          evaluateArithmetic(await expandText(word, this), this.state);
        await evaluate(command.start);
        return this.#loop(
          async (round) => {
            if (round > 0) await evaluate(command.next);
            return (
              (await expandText(command.condition, this)).trim() === '' || (await evaluate(command.condition)) !== 0n
            );
          },
          () => this.list(command.body, io),
        );
      }
      case 'while':
      case 'until':
        return this.#loop(
          async () =>
            ((await this.#asCondition(() => this.list(command.condition, io))) === 0) === (command.type === 'while'),
          () => this.list(command.body, io),
        );
      case 'case':
        return this.#case(command, io);
      case 'arithmetic': {
        const value = evaluateArithmetic(await expandText(command.expression, this), this.state);
        return this.#checked(value === 0n ? 1 : 0);
      }
      case 'condition':
        return this.#checked(await evaluateCondition(command.words, this, this.process));
    }
  }

  async #loop(goesOn: (round: number) => Promise<boolean>, body: () => Promise<number>): Promise<number> {
    let status = 0;
    this.state.loopDepth++;
    try {
      for (let round = 0; ; round++) {
        await step(this.process);
        try {
          if (!(await goesOn(round))) return status;
          status = await body();
        } catch (error) {
          if (!(error instanceof LoopJump)) throw error;
          if (error.levels > 1 && this.state.loopDepth > 1) throw new LoopJump(error.kind, error.levels - 1);
          status = 0;
          if (error.kind === 'break') return status;
        }
      }
    } finally {
      this.state.loopDepth--;
    }
  }

  async #case(command: Extract<Command, { type: 'case' }>, io: Io): Promise<number> {
    const value = await expandText(command.word, this);
    let falling = false;
    let status = 0;
    for (const { patterns, body, falls } of command.branches) {
      let matched = falling;
      for (const pattern of matched ? [] : patterns)
        if (matchesPattern(await expandPattern(pattern, this), value)) {
          matched = true;
          break;
        }
      if (!matched) continue;
      status = await this.list(body, io);
      if (!falls) return status;
      falling = true;
    }
    return status;
  }

  async #asCondition<Result>(body: () => Promise<Result>): Promise<Result> {
    this.state.conditionDepth++;
    try {
      return await body();
    } finally {
      this.state.conditionDepth--;
    }
  }

  /** What `set -e` makes of a status. */
  #checked(status: number): number {
    this.state.lastStatus = status;
    if (status !== 0 && this.state.conditionDepth === 0 && this.state.options.has('errexit'))
      throw new ShellExit(status);
    return status;
  }

  async #redirected(redirects: readonly Redirect[], io: Io, body: (io: Io) => Promise<number>): Promise<number> {
    if (redirects.length === 0) return body(io);
    let redirected;
    try {
      redirected = await openRedirects(redirects, io, this.process, this);
    } catch (error) {
      if (!(error instanceof RedirectError)) throw error;
      await this.complain(error.message, io);
      return 1;
    }
    try {
      return await body(redirected.io);
    } finally {
      redirected.release();
    }
  }

  async #simple(command: Extract<Command, { type: 'simple' }>, io: Io, last: boolean): Promise<number> {
    this.#substitutionStatus = undefined;
    const fields: string[] = [];
    for (const word of command.words) fields.push(...(await expandFields(word, this)));
    const name = fields[0];
    const assignments: [string, string][] = [];
    for (const { name: variable, append, value } of command.assignments) {
      const text = await expandText(value, this);
      const full = append ? (this.state.get(variable) ?? '') + text : text;
      assignments.push([variable, full]);
      // Each sees those before it.
      if (name === undefined) this.state.set(variable, full);
    }
    if (this.state.options.has('xtrace')) {
      const words = [...assignments.map(([key, value]) => `${key}=${shellQuote(value)}`), ...fields.map(shellQuote)];
      const ps4 = this.state.get('PS4') ?? '+ ';
      if (words.length > 0) await write(this.process, `${ps4}${words.join(' ')}\n`, io.stderr);
    }
    if (name === undefined) {
      const status = this.#substitutionStatus ?? 0;
      return this.#redirected(command.redirects, io, async () => status);
    }
    if (name === 'exec') return this.#exec(fields.slice(1), command.redirects, assignments, io);
    const special = specialBuiltins.get(name);
    const shellFunction = special === undefined ? this.state.functions.get(name) : undefined;
    if (special !== undefined) for (const [key, value] of assignments) this.state.set(key, value);
    return this.#redirected(command.redirects, io, async (inner) => {
      if (special !== undefined) return special(this, fields, inner);
      const builtin = shellFunction === undefined ? builtins.get(name) : undefined;
      if (shellFunction !== undefined || builtin !== undefined)
        return this.#withVariables(assignments, () =>
          shellFunction !== undefined
            ? this.callFunction(shellFunction, fields.slice(1), inner)
            : this.#runBuiltin(builtin!, fields, inner),
        );
      return this.runExternal(fields, inner, {
        assignments,
        replace: last && this.state.traps.size === 0 && !this.state.interactive && this.state.functionDepth === 0,
      });
    });
  }

  async #runBuiltin(builtin: Builtin, fields: readonly string[], io: Io): Promise<number> {
    try {
      return await builtin(this, fields, io);
    } catch (error) {
      if (error instanceof FileSystemError) {
        await this.complain(`${fields[0]}: ${error.message}`, io);
        return 1;
      }
      throw error;
    }
  }

  /** Runs a program of the container: in a child, or in this very process where nothing comes after it. */
  async runExternal(
    fields: readonly string[],
    io: Io,
    options: { readonly assignments?: readonly (readonly [string, string])[]; readonly replace?: boolean } = {},
  ): Promise<number> {
    const env = { ...this.state.environment(), ...Object.fromEntries(options.assignments ?? []) };
    const streams = { stdin: io.stdin, stdout: io.stdout, stderr: io.stderr };
    try {
      if (options.replace === true) {
        this.process.cwd = this.state.cwd;
        return await this.process.replace(fields, env, streams);
      }
      const child = await this.process.spawn(fields, { ...streams, env, cwd: this.state.cwd, group: this.#jobGroup() });
      return await this.#foreground([child]);
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      await this.complain(`${fields[0]}: ${error.exitCode === 127 ? 'not found' : 'Permission denied'}`, io);
      return error.exitCode;
    }
  }

  async #exec(
    fields: readonly string[],
    redirects: readonly Redirect[],
    assignments: readonly (readonly [string, string])[],
    io: Io,
  ): Promise<number> {
    const redirected = await openRedirects(redirects, io, this.process, this);
    if (fields.length === 0) {
      // Stays so for good: nothing is released.
      Object.assign(io, redirected.io);
      return 0;
    }
    throw new ShellExit(await this.runExternal(fields, redirected.io, { assignments, replace: true }));
  }

  async #withVariables(
    assignments: readonly (readonly [string, string])[],
    body: () => Promise<number>,
  ): Promise<number> {
    if (assignments.length === 0) return body();
    const before = assignments.map(([name]) => [name, this.state.variables.get(name)] as const);
    for (const [name, value] of assignments) {
      this.state.set(name, value);
      this.state.mark(name, { exported: true });
    }
    try {
      return await body();
    } finally {
      for (const [name, variable] of before)
        if (variable === undefined) this.state.variables.delete(name);
        else this.state.variables.set(name, variable);
    }
  }

  async callFunction(body: Command, positional: readonly string[], io: Io): Promise<number> {
    const { state } = this;
    if (state.functionDepth >= MAX_FUNCTION_DEPTH) throw new ShellError('maximum function nesting level exceeded');
    const outer = { positional: state.positional, loopDepth: state.loopDepth };
    state.positional = positional;
    state.loopDepth = 0;
    state.functionDepth++;
    state.locals.push(new Map());
    try {
      return await this.execute(body, io);
    } catch (error) {
      if (error instanceof FunctionReturn) return error.status;
      throw error;
    } finally {
      for (const [name, variable] of state.locals.pop()!)
        if (variable === undefined) state.variables.delete(name);
        else state.variables.set(name, variable);
      state.functionDepth--;
      Object.assign(state, outer);
    }
  }

  /** A subshell: a child process with a copy of the shell's state. */
  fork(body: Command, io: Io, group?: number | 'new'): ChildProcess {
    const state = this.state.copy();
    const more = io.more;
    return this.process.fork(
      (child) => {
        const streams = { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, more };
        const list: List =
          body.type === 'list' ? body : { type: 'list', items: [{ command: body, background: false }] };
        return new Interpreter(child, state, streams).runAsShell(list);
      },
      {
        stdin: io.stdin,
        stdout: io.stdout,
        stderr: io.stderr,
        env: this.state.environment(),
        cwd: this.state.cwd,
        ...(group !== undefined && { group }),
      },
    );
  }

  #jobGroup(): 'new' | undefined {
    return this.state.interactive ? 'new' : undefined;
  }

  /** Waits for children while they have the terminal. */
  async #foreground(children: readonly ChildProcess[]): Promise<number> {
    if (this.state.interactive) this.process.setForegroundGroup(children[0]!.pid);
    try {
      const statuses = await Promise.all(children.map(({ exit }) => exit));
      this.process.killed.throwIfAborted();
      if (this.state.options.has('pipefail')) return statuses.findLast((status) => status !== 0) ?? 0;
      return statuses.at(-1)!;
    } finally {
      if (this.state.interactive) this.process.setForegroundGroup(this.process.group);
    }
  }

  async #pipeline(command: Extract<Command, { type: 'pipeline' }>, io: Io): Promise<number> {
    const startedMs = this.process.runtime.clock.now();
    const run = async (): Promise<number> => {
      if (command.commands.length === 1) return this.execute(command.commands[0]!, io);
      return this.#foreground(this.#startPipeline(command.commands, io));
    };
    const status = command.negated ? await this.#asCondition(run) : await run();
    if (command.timed) {
      const seconds = ((this.process.runtime.clock.now() - startedMs) / 1000).toFixed(2);
      await write(this.process, `real\t0m ${seconds}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`, io.stderr);
    }
    if (command.negated) return (this.state.lastStatus = status === 0 ? 1 : 0);
    return command.commands.length === 1 ? status : this.#checked(status);
  }

  #startPipeline(commands: readonly Command[], io: Io): ChildProcess[] {
    const children: ChildProcess[] = [];
    let { stdin } = io;
    try {
      for (const [i, command] of commands.entries()) {
        const pipe = i < commands.length - 1 ? makePipe() : undefined;
        const group = this.state.interactive ? (children[0]?.pid ?? ('new' as const)) : undefined;
        children.push(this.fork(command, { ...io, stdin, stdout: pipe?.writer ?? io.stdout }, group));
        if (i > 0) releaseStream(stdin);
        if (pipe !== undefined) {
          releaseStream(pipe.writer);
          stdin = pipe.reader;
        }
      }
    } catch (error) {
      for (const child of children) child.kill('SIGKILL');
      throw error;
    }
    return children;
  }

  #background(command: Command, io: Io): number {
    const { state } = this;
    // Without job control a background command does not compete for the input.
    const child = this.fork(command, state.interactive ? io : { ...io, stdin: emptyInput() }, this.#jobGroup());
    const job: Job = {
      number: Math.max(0, ...state.jobs.map(({ number }) => number)) + 1,
      pid: child.pid,
      command: '',
      exit: child.exit,
      status: undefined,
    };
    void child.exit.then((status) => (job.status = status));
    // Scripts that start many and never wait must not pile them up.
    if (state.jobs.length > 256) state.jobs = state.jobs.filter(({ status }) => status === undefined);
    state.jobs.push(job);
    state.lastBackgroundPid = child.pid;
    return 0;
  }

  async substitute(body: List): Promise<string> {
    const only = body.items[0]?.command;
    if (body.items.length === 0) return '';
    if (body.items.length === 1 && only?.type === 'simple' && isFileRead(only)) {
      const { io, release } = await openRedirects(only.redirects, this.io, this.process, this);
      const text = await this.#collect(io.stdin);
      release();
      return text;
    }
    const pipe = makePipe();
    const child = this.fork(body, { ...this.io, stdout: pipe.writer });
    releaseStream(pipe.writer);
    const text = await this.#collect(pipe.reader);
    releaseStream(pipe.reader);
    this.#substitutionStatus = this.state.lastStatus = await child.exit;
    this.process.killed.throwIfAborted();
    return text;
  }

  async #collect(stream: Io['stdin']): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for (let chunk; (chunk = await readChunk(stream, this.process.killed)) !== undefined;) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_SUBSTITUTION) {
        stream.destroy();
        throw new ShellError('out of memory');
      }
    }
    return Buffer.concat(chunks).toString().replaceAll('\0', '');
  }

  /** Sets or takes away what happens at a signal; an empty action ignores it. */
  setTrap(signal: SignalName | 'EXIT', action: string | undefined): void {
    if (action === undefined) this.state.traps.delete(signal);
    else this.state.traps.set(signal, action);
    if (signal === 'EXIT') return;
    this.#trapped.get(signal)?.[Symbol.dispose]();
    this.#trapped.delete(signal);
    if (action === undefined) return;
    const handler = (): void => {
      if (action === '') return;
      this.#pendingTraps.push(signal);
      this.onTrap?.();
    };
    this.#trapped.set(signal, this.process.onSignal(signal, handler));
  }

  async runTraps(io: Io): Promise<void> {
    for (let signal; (signal = this.#pendingTraps.shift()) !== undefined;) {
      const action = this.state.traps.get(signal);
      const status = this.state.lastStatus;
      if (action !== undefined) await this.evaluate(action, io);
      this.state.lastStatus = status;
    }
  }
}

const isFileRead = (command: Extract<Command, { type: 'simple' }>): boolean =>
  command.words.length === 0 && command.assignments.length === 0 && command.redirects[0]?.operator === '<';

/** What the shell says of an error of the script's own making; undefined for those that are none. */
export function errorReport(error: unknown): { message: string; status: number } | undefined {
  if (error instanceof ShellSyntaxError || error instanceof ArithmeticError)
    return { message: error.message, status: 2 };
  if (error instanceof ShellError) return { message: error.message, status: error.exitCode };
  if (error instanceof RedirectError) return { message: error.message, status: 1 };
  if (error instanceof SpawnError) return { message: "can't fork: Resource temporarily unavailable", status: 2 };
  return undefined;
}
