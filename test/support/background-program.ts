import { spawn, type ChildProcess } from 'node:child_process';

/** A program that goes on while a test does other things: a watch, a follow, a port-forward. Ended on dispose. */
export class BackgroundProgram implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #output = '';
  #onOutput: (() => void)[] = [];

  constructor(program: string, args: readonly string[], env: Record<string, string>) {
    this.#child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const take = (chunk: Buffer): void => {
      this.#output += chunk.toString();
      for (const told of this.#onOutput) told();
    };
    this.#child.stdout?.on('data', take);
    this.#child.stderr?.on('data', take);
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        resolve(code);
        for (const told of this.#onOutput) told();
      });
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves with the match once the output has it; rejects where the program ends without. */
  until(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(this.#output);
        const over = this.#child.exitCode !== null || this.#child.signalCode !== null;
        if (match === null && !over) return;
        this.#onOutput = this.#onOutput.filter((one) => one !== look);
        if (match !== null) resolve(match);
        else reject(new Error(`the program ended without ${String(pattern)}:\n${this.#output}`));
      };
      this.#onOutput.push(look);
      look();
    });
  }

  /** Ends it with a signal; resolves with its exit code. */
  end(signal: 'SIGINT' | 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }
}
