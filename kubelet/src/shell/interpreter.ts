import { BrokenPipeError } from '../container/pipe.ts';
import type { ChildProcess, Process } from '../container/process.ts';
import { SpawnError } from '../container/process.ts';
import { step, write } from '../container/standard-io.ts';
import type { FileSystem } from '../container/file-system.ts';
import { FileSystemError } from '../container/file-system.ts';
import type { Command, List, Redirect } from './ast.ts';
import type { Builtin } from './builtin.ts';
import { builtins, specialBuiltins } from './builtins/index.ts';
import { foreground, jobGroup, startBackground, startPipeline } from './jobs.ts';
import { commandSubstitution } from './command-substitution.ts';
import { FunctionReturn, Interrupted, LoopJump, ShellExit } from './control-flow.ts';
import { errorReport } from './error-report.ts';
import type { Expander } from './expand.ts';
import { expandFields, expandText } from './expand.ts';
import { Parser } from './parser.ts';
import { openRedirects, RedirectError } from './redirect.ts';
import { runCompound } from './run-compound.ts';
import type { Io } from './shell-state.ts';
import { ShellError, ShellState } from './shell-state.ts';
import { shellQuote } from './shell-quote.ts';
import { Traps } from './traps.ts';

const MAX_FUNCTION_DEPTH = 1000;

/** Runs commands in a process: the tree-walking half of the shell. */
export class Interpreter implements Expander {
  readonly process: Process;
  readonly state: ShellState;
  /** What the shell itself reads and writes; `exec` with redirections changes it. */
  io: Io;
  /** ^C was typed while the interactive shell was at work itself. */
  interrupted = false;
  readonly traps: Traps;
  #substitutionStatus: number | undefined;

  constructor(process: Process, state: ShellState, io?: Io) {
    this.process = process;
    this.state = state;
    this.traps = new Traps(process, state);
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
      status = 0;
      if (background) startBackground(this, command, io);
      else status = await this.execute(command, io, last && i === items.length - 1);
      this.state.lastStatus = status;
    }
    return status;
  }

  /** Runs one command. `last` says that nothing comes after it, so it may take the shell's place. */
  async execute(command: Command, io: Io, last = false): Promise<number> {
    await step(this.process);
    if (this.interrupted) throw new Interrupted();
    if (this.traps.isPending) await this.runTraps(io);
    if (this.state.options.has('noexec') && !this.state.interactive) return 0;
    switch (command.type) {
      case 'list':
        return this.list(command, io, last);
      case 'simple':
        return this.checked(await this.#simple(command, io, last));
      case 'pipeline':
        return this.#pipeline(command, io);
      case 'and':
      case 'or': {
        const left = await this.asCondition(() => this.execute(command.left, io));
        this.state.lastStatus = left;
        return (left === 0) === (command.type === 'and') ? this.execute(command.right, io, last) : left;
      }
      case 'function':
        this.state.functions.set(command.name, command.body);
        return 0;
      case 'subshell':
        return this.checked(
          await this.#redirected(command.redirects, io, (inner) =>
            foreground(this, [this.fork({ ...command.body }, inner, jobGroup(this))]),
          ),
        );
      default:
        return this.#redirected(command.redirects, io, (inner) => runCompound(this, command, inner));
    }
  }

  /** Runs what `set -e` does not look at. */
  async asCondition<Result>(body: () => Promise<Result>): Promise<Result> {
    this.state.conditionDepth++;
    try {
      return await body();
    } finally {
      this.state.conditionDepth--;
    }
  }

  /** What `set -e` makes of a status. */
  checked(status: number): number {
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
      const child = await this.process.spawn(fields, { ...streams, env, cwd: this.state.cwd, group: jobGroup(this) });
      return await foreground(this, [child]);
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

  async #pipeline(command: Extract<Command, { type: 'pipeline' }>, io: Io): Promise<number> {
    const startedMs = this.process.runtime.clock.now();
    const run = async (): Promise<number> => {
      if (command.commands.length === 1) return this.execute(command.commands[0]!, io);
      return foreground(this, startPipeline(this, command.commands, io));
    };
    const status = command.negated ? await this.asCondition(run) : await run();
    if (command.timed) {
      const seconds = ((this.process.runtime.clock.now() - startedMs) / 1000).toFixed(2);
      await write(this.process, `real\t0m ${seconds}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`, io.stderr);
    }
    if (command.negated) return (this.state.lastStatus = status === 0 ? 1 : 0);
    return command.commands.length === 1 ? status : this.checked(status);
  }

  async substitute(body: List): Promise<string> {
    const { text, status } = await commandSubstitution(this, body);
    if (status !== undefined) this.#substitutionStatus = this.state.lastStatus = status;
    this.process.killed.throwIfAborted();
    return text;
  }

  /** Runs the actions of the trapped signals that have come. */
  runTraps(io: Io): Promise<void> {
    return this.traps.run((action) => this.evaluate(action, io));
  }
}
