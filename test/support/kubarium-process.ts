import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BackgroundProgram } from './background-program.ts';
import { runProgram, type Finished } from './run-program.ts';
import { kubectlBinary, type KubectlVersion } from './kubectl-binary.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const KUBARIUM = join(ROOT, 'kubarium');

/** A cluster as its user starts it: the `kubarium up` command on free ports, with a folder and a HOME of its own. */
export class KubariumProcess implements AsyncDisposable {
  readonly home: string;
  readonly dataDir: string;
  readonly #extraEnvironment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  /** Of all runs, and of the current one. */
  #output = '';
  #outputOfRun = '';

  /** `dataDir`: where the state is to lie, if not below the cluster's own HOME. */
  constructor(dataDir?: string, environment: Readonly<Record<string, string>> = {}) {
    this.#extraEnvironment = environment;
    this.home = mkdtempSync(join(tmpdir(), 'kubarium-e2e-'));
    this.dataDir = dataDir ?? join(this.home, 'state');
  }

  /** Starts the cluster and resolves once its last banner line, `ready`, is printed; again on the same folder after a stop. */
  async up(...flags: string[]): Promise<void> {
    const child = this.spawn(...flags);
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (/^ready$/m.test(this.#outputOfRun)) resolve();
      };
      child.stdout!.on('data', look);
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        reject(new Error(`kubarium up ended with ${code ?? signal}:\n${this.#outputOfRun}`)),
      );
    });
  }

  /** Starts the cluster and waits for nothing. */
  spawn(...flags: string[]): ChildProcess {
    const args = ['up', '--data-dir', this.dataDir, '--port', '0', '--dns-port', '0', '--proxy-port', '0', ...flags];
    const child = spawn(KUBARIUM, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...this.#environment(), ...this.#extraEnvironment },
    });
    this.#child = child;
    this.#outputOfRun = '';
    const take = (chunk: Buffer): void => {
      this.#output += chunk.toString();
      this.#outputOfRun += chunk.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    return child;
  }

  /** The process itself: `exec` has put it in the place of its start script. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('not started');
    return pid;
  }

  /** Everything that all runs printed. */
  get output(): string {
    return this.#output;
  }

  get kubeconfig(): string {
    return join(this.dataDir, 'kubeconfig');
  }

  get caFile(): string {
    return join(this.dataDir, 'pki', 'ca.crt');
  }

  get url(): string {
    const server = /server: (\S+)/.exec(readFileSync(this.kubeconfig, 'utf8'))?.[1];
    if (server === undefined) throw new Error(`no server in ${this.kubeconfig}`);
    return server;
  }

  /** Ends the process with a signal and waits for it. */
  async stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return ended;
  }

  /** Runs a kubarium command against this cluster. */
  kubarium(...args: string[]): Promise<Finished> {
    return runProgram(KUBARIUM, [...args, '--data-dir', this.dataDir], { env: this.#environment() });
  }

  /** Starts a kubarium command against this cluster that goes on until it is ended. */
  background(...args: string[]): BackgroundProgram {
    return new BackgroundProgram(KUBARIUM, [...args, '--data-dir', this.dataDir], this.#environment());
  }

  /** Runs the real kubectl; resolves with what it printed, rejects where it failed. */
  kubectl(version: KubectlVersion): (...args: string[]) => Promise<string> {
    return async (...args) => {
      const done = await this.tryKubectl(version, args);
      if (done.code !== 0)
        throw new Error(`kubectl ${args.join(' ')}: exit ${done.code}\n${done.stdout}${done.stderr}`);
      return done.stdout;
    };
  }

  /** Runs the real kubectl and resolves with its exit code and outputs. */
  tryKubectl(version: KubectlVersion, args: readonly string[], stdin?: string): Promise<Finished> {
    return runProgram(kubectlBinary(version), args, { env: this.kubectlEnvironment(), stdin });
  }

  kubectlEnvironment(): Record<string, string> {
    return { ...this.#environment(), KUBECONFIG: this.kubeconfig };
  }

  #environment(): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.home, NO_COLOR: '1' };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
