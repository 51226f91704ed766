import type { Process, SignalName } from '../container/process.ts';
import type { ShellState } from './shell-state.ts';

/** What a shell does at signals (`trap`): remembered when they come, done between two commands. */
export class Traps {
  /** Awoken when a trapped signal comes: for `wait`. */
  onTrap: (() => void) | undefined;
  readonly #process: Process;
  readonly #state: ShellState;
  readonly #pending: SignalName[] = [];
  readonly #trapped = new Map<SignalName, Disposable>();

  constructor(process: Process, state: ShellState) {
    this.#process = process;
    this.#state = state;
  }

  get isPending(): boolean {
    return this.#pending.length > 0;
  }

  /** Sets or takes away what happens at a signal; an empty action ignores it. */
  set(signal: SignalName | 'EXIT', action: string | undefined): void {
    if (action === undefined) this.#state.traps.delete(signal);
    else this.#state.traps.set(signal, action);
    if (signal === 'EXIT') return;
    this.#trapped.get(signal)?.[Symbol.dispose]();
    this.#trapped.delete(signal);
    if (action === undefined) return;
    const handler = (): void => {
      if (action === '') return;
      this.#pending.push(signal);
      this.onTrap?.();
    };
    this.#trapped.set(signal, this.#process.onSignal(signal, handler));
  }

  /** Runs the actions of the signals that have come. */
  async run(evaluate: (action: string) => Promise<unknown>): Promise<void> {
    for (let signal; (signal = this.#pending.shift()) !== undefined;) {
      const action = this.#state.traps.get(signal);
      const status = this.#state.lastStatus;
      if (action !== undefined) await evaluate(action);
      this.#state.lastStatus = status;
    }
  }
}
