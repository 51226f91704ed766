import type { NetworkNamespace, Runtime } from '@kubarium/shared';
import { seededRandom, silentLogger, VirtualClock } from '@kubarium/shared';
import { Writable } from 'node:stream';
import type { Container } from '../container/container.ts';
import { DEFAULT_PATH } from '../container/executable.ts';
import type { FileSystem } from '../container/file-system.ts';
import type { PodFacts } from '../container/process.ts';
import type { Resolver } from '../container/resolver.ts';
import { makeRootFileSystem } from '../container/root-file-system.ts';
import { startContainer } from '../container/start-container.ts';
import { createImageRegistry } from '../images/image-registry.ts';
import { inputOf } from '../shell/redirect.ts';
import { loopbackNetwork } from './loopback-network.ts';

/** A stream that keeps what is written. */
export class Sink extends Writable {
  #text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#text += chunk.toString();
    this.emit('text');
    done();
  }

  get text(): string {
    return this.#text;
  }

  /** Resolves once the text holds what is wanted. */
  async until(wanted: string | RegExp): Promise<void> {
    const found = (): boolean => (typeof wanted === 'string' ? this.#text.includes(wanted) : wanted.test(this.#text));
    while (!found()) await new Promise((resolve) => this.once('text', resolve));
  }
}

export interface TestContainerOptions {
  readonly image?: string;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly uid?: number;
  readonly clock?: VirtualClock;
  readonly network?: NetworkNamespace;
  readonly resolver?: Resolver;
  readonly readOnly?: boolean;
  readonly pod?: Partial<PodFacts>;
  readonly prepare?: (files: FileSystem) => void;
}

export interface TestContainer {
  readonly container: Container;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly clock: VirtualClock;
  readonly runtime: Runtime;
  readonly files: FileSystem;
  readonly network: NetworkNamespace;
  /** What was logged as an error: bugs of ours. */
  readonly bugs: readonly object[];
  /** Runs a script by `sh -c` in the container. */
  readonly run: (script: string, stdin?: string) => Promise<{ stdout: string; stderr: string; exitCode: number }>;
}

const nowhere: Resolver = {
  lookup: async (name) =>
    name === 'localhost'
      ? { ok: true, addresses: ['127.0.0.1'], canonicalName: name }
      : { ok: false, code: 'NXDOMAIN' },
};

/** A container in a pod of its own, on a virtual clock. */
export async function testContainer(options: TestContainerOptions = {}): Promise<TestContainer> {
  const clock = options.clock ?? new VirtualClock();
  const bugs: object[] = [];
  const logger = { ...silentLogger, error: (facts: object) => void bugs.push(facts) };
  const runtime: Runtime = { clock, random: seededRandom(1), logger };
  const image = createImageRegistry().resolve(options.image ?? 'pause');
  const files = makeRootFileSystem(image, { runtime, readOnly: options.readOnly ?? false });
  options.prepare?.(files);
  const network = options.network ?? loopbackNetwork();
  const stdout = new Sink();
  const stderr = new Sink();
  const container = await startContainer({
    image,
    argv: options.argv ?? [...image.entrypoint, ...image.command],
    env: { PATH: DEFAULT_PATH, HOME: (options.uid ?? 0) === 0 ? '/root' : '/', ...image.env, ...options.env },
    workingDirectory: image.workingDirectory,
    uid: options.uid ?? 0,
    gid: options.uid ?? 0,
    groups: [],
    files,
    network,
    makeResolver: () => options.resolver ?? nowhere,
    runtime,
    pod: {
      namespace: 'default',
      name: 'web-1',
      uid: 'u-1',
      ip: '10.244.0.2',
      node: 'node-1',
      container: 'main',
      image: options.image ?? 'pause',
      ports: [],
      ...options.pod,
    },
    streams: {
      stdin: options.stdin === undefined ? undefined : inputOf(Buffer.from(options.stdin)),
      stdout,
      stderr,
    },
  });
  return {
    container,
    stdout,
    stderr,
    clock,
    runtime,
    files,
    network,
    bugs,
    async run(script, stdin) {
      const out = new Sink();
      const errors = new Sink();
      const child = await container.exec(['sh', '-c', script], {
        stdout: out,
        stderr: errors,
        ...(stdin !== undefined && { stdin: inputOf(Buffer.from(stdin)) }),
      });
      const exitCode = await child.exit;
      return { stdout: out.text, stderr: errors.text, exitCode };
    },
  };
}

/** Lets time pass until the promise is settled: fires the next timer whenever nothing else goes on. */
export async function settle<Value>(clock: VirtualClock, promise: Promise<Value>): Promise<Value> {
  let settled = false;
  const done = promise.finally(() => (settled = true));
  done.catch(() => {});
  while (!settled) {
    for (let i = 0; i < 20 && !settled; i++) await new Promise((resolve) => void setImmediate(resolve));
    if (!settled) clock.fireNext();
  }
  return done;
}
