import { PassThrough } from 'node:stream';
import type { Container, ContainerExit, ContainerOptions, StartContainer } from '../container/container.ts';
import { type SignalName, SpawnError, type SpawnOptions } from '../container/process.ts';

/** A container in the hands of a test. */
export class TestContainer implements Container {
  readonly options: ContainerOptions;
  readonly signals: SignalName[] = [];
  readonly commands: (readonly string[])[] = [];
  /** What an exec answers: its output and exit code. */
  onExec: (argv: readonly string[]) => { output?: string; exitCode: number } | Promise<{ exitCode: number }> = () => ({
    exitCode: 0,
  });
  /** Whether SIGTERM ends it; by default it does, with 143. */
  onTerm: number | 'ignore' = 143;
  readonly #exit = Promise.withResolvers<ContainerExit>();

  constructor(options: ContainerOptions) {
    this.options = options;
  }

  get exit(): Promise<ContainerExit> {
    return this.#exit.promise;
  }

  kill(signal: SignalName): void {
    this.signals.push(signal);
    if (signal === 'SIGKILL') this.end(137);
    else if (this.onTerm !== 'ignore') this.end(this.onTerm);
  }

  end(exitCode: number): void {
    this.#exit.resolve({ exitCode });
  }

  async exec(
    argv: readonly string[],
    options: SpawnOptions,
  ): Promise<{ pid: number; exit: Promise<number>; kill(): void }> {
    this.commands.push(argv);
    if (argv[0] === 'missing') throw new SpawnError('missing', 127);
    const killed = Promise.withResolvers<number>();
    const result = this.onExec(argv);
    const done = Promise.resolve(result).then((value) => {
      if ('output' in value && value.output !== undefined) (options.stdout ?? new PassThrough()).write(value.output);
      return value.exitCode;
    });
    return { pid: 2, exit: Promise.race([done, killed.promise]), kill: () => killed.resolve(137) };
  }
}

/** Starts containers that do only what the test says. */
export class TestContainers {
  readonly started: TestContainer[] = [];
  /** What happens to each container as it starts. */
  onStart: (container: TestContainer) => void = () => {};

  readonly start: StartContainer = async (options) => {
    if (options.argv[0] === 'missing') throw new SpawnError('missing', 127);
    const container = new TestContainer(options);
    this.started.push(container);
    this.onStart(container);
    return container;
  };

  /** The newest container of a name. */
  last(name: string): TestContainer {
    const found = this.started.findLast(({ options }) => options.pod.container === name);
    if (found === undefined) throw new Error(`no container ${name} was started`);
    return found;
  }
}
