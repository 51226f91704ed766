import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { SERVER_VERSION } from '@kubarium/apiserver';
import {
  apiVersionOf,
  DEPLOYMENTS,
  seededRandom,
  VirtualClock,
  type VirtualTime,
  type KubeClient,
  type Pod,
  type Resource,
} from '@kubarium/shared';
import { composeCluster, type ComposedCluster } from '../compose-cluster.ts';
import type { NodeMachine } from '../node-machine.ts';
import { Transcript } from '../embedded/transcript.ts';
import { createPodCredentials, createServiceAccountKey, type PodCredentials } from '../pki/credentials.ts';
import { serverNames } from '../pki/server-names.ts';
import { requestStatus } from '../trace/trace-journal.ts';
import type { TraceStatus } from '../trace/trace-resource.ts';
import type { CommandResult, ScenarioTarget, Simulator } from './target.ts';

export interface EmbeddedTargetOptions {
  readonly nodes?: number | undefined;
  readonly seed: number;
  /** Keeps the database in a file, so that the whole cluster may crash and come back. */
  readonly durable: boolean;
}

/** A fresh cluster of this process, in virtual time. */
export async function embeddedTarget(options: EmbeddedTargetOptions): Promise<EmbeddedTarget> {
  const folder = options.durable ? mkdtempSync(join(tmpdir(), 'kubarium-scenario-')) : undefined;
  const target = new EmbeddedTarget(options, folder);
  try {
    await target.start();
    if (!(await target.until(() => isUp(target), START_MS))) throw new Error('cluster DNS has not become ready');
  } catch (error) {
    await target[Symbol.asyncDispose]();
    throw error;
  }
  return target;
}

const START_MS = 60_000;

/** A scenario begins once pods can resolve names. */
async function isUp({ client }: EmbeddedTarget): Promise<boolean> {
  const { spec, status } = await client.get(DEPLOYMENTS, { namespace: 'kube-system', name: 'coredns' });
  return status.availableReplicas === spec.replicas;
}

const DATABASE = 'cluster.db';

export class EmbeddedTarget implements ScenarioTarget, Simulator {
  readonly #options: EmbeddedTargetOptions;
  readonly #podCredentials: PodCredentials;
  readonly #serviceAccountKey: string;
  readonly #transcript = new Transcript();
  readonly #folder: string | undefined;
  readonly #clock = new VirtualClock();
  #starts = 0;
  #parts: ComposedCluster | undefined;

  /** Use `embeddedTarget`. */
  constructor(options: EmbeddedTargetOptions, folder: string | undefined) {
    this.#options = options;
    const random = seededRandom(options.seed);
    this.#podCredentials = createPodCredentials(serverNames('127.0.0.1'), random.fork('pod-credentials'));
    this.#serviceAccountKey = createServiceAccountKey(random.fork('service-account-key'));
    this.#folder = folder;
  }

  get simulator(): Simulator {
    return this;
  }

  get client(): KubeClient {
    return this.#running.client;
  }

  now(): number {
    return this.#clock.now();
  }

  resources(): readonly Resource[] {
    return this.#running.resources();
  }

  async resourceOf(apiVersion: string, kind: string): Promise<Resource | undefined> {
    return this.resources().find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
  }

  async serverVersion(): Promise<Readonly<Record<string, unknown>>> {
    return SERVER_VERSION;
  }

  until(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
    return this.#time.advanceUntil(condition, limitMs);
  }

  async logs(pod: Pod, container: string, tailLines: number | undefined): Promise<string | undefined> {
    if (!pod.spec.nodeName) return undefined;
    try {
      const kubelet = this.#running.nodes.kubelet(pod.spec.nodeName);
      return await textOf(await kubelet.containerLogs(pod, { container, tailLines }));
    } catch {
      // The container has not started, or its node is gone: there are no lines to show.
      return undefined;
    }
  }

  settle(): Promise<void> {
    return this.#time.settle();
  }

  advance(milliseconds: number): Promise<void> {
    return this.#time.advance(milliseconds);
  }

  setTimer(milliseconds: number, callback: () => void): void {
    this.#clock.setTimer(milliseconds, callback);
  }

  async exec(pod: Pod, container: string, command: readonly string[]): Promise<CommandResult> {
    const { nodes, journal } = this.#running;
    const recorder = journal.recorder();
    const session = await nodes.kubelet(pod.spec.nodeName ?? '').exec(pod, {
      container,
      command,
      stdin: false,
      stdout: true,
      stderr: true,
      tty: false,
      trace: recorder,
    });
    const [stdout, stderr, exitCode] = await Promise.all([
      textOf(session.stdout),
      textOf(session.stderr),
      session.exit,
    ]);
    return { exitCode, stdout, stderr, hops: recorder.hops };
  }

  async trace(pod: Pod, container: string, url: string): Promise<TraceStatus> {
    const {
      exitCode,
      stdout,
      stderr,
      hops = [],
    } = await this.exec(pod, container, ['curl', '-sS', '-w', '\\n%{http_code}', url]);
    const source = { pod: pod.metadata.name, address: pod.status.podIP, node: pod.spec.nodeName ?? '' };
    const end = stdout.lastIndexOf('\n');
    return requestStatus(
      { hops, elapsedMs: hops.at(-1)?.timeMs ?? 0 },
      {
        source,
        ...(exitCode === 0
          ? { response: { code: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) } }
          : { error: stderr.trim() }),
      },
    );
  }

  isOn(node: string): boolean {
    return this.#running.machines.get(node)?.isOn === true;
  }

  async crashNode(name: string): Promise<void> {
    await this.#machine(name).stop();
  }

  async restartNode(name: string): Promise<void> {
    const machine = this.#machine(name);
    await machine.stop();
    await machine.start();
  }

  async crash(): Promise<void> {
    // What the file holds at this moment is what `kill -9` would leave: a copy is taken before anything is closed in good order.
    const copy = mkdtempSync(join(tmpdir(), 'kubarium-scenario-'));
    try {
      this.#copyDatabase(this.#folder!, copy);
      await this.#stop();
      this.#removeDatabase(this.#folder!);
      this.#copyDatabase(copy, this.#folder!);
    } finally {
      rmSync(copy, { recursive: true });
    }
    await this.start();
  }

  async restart(): Promise<void> {
    await this.#stop();
    await this.start();
  }

  digest(): string {
    return this.#transcript.digest();
  }

  async start(): Promise<void> {
    // Each start draws anew, as another process would.
    const random = seededRandom(this.#options.seed);
    const { nodes } = this.#options;
    this.#parts = await composeCluster({
      nodes,
      clock: this.#clock,
      random: this.#starts++ === 0 ? random : random.fork(`start ${this.#starts}`),
      database: this.#folder === undefined ? undefined : join(this.#folder, DATABASE),
      serviceAccountKey: this.#serviceAccountKey,
      rootCertificate: this.#podCredentials.rootCertificate,
      podTls: () => this.#podCredentials.tls(),
    });
    const { storage } = this.#parts;
    storage.watch('', this.#starts === 1 ? 0 : storage.revision, (batch) => this.#transcript.writes(batch));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true });
  }

  async #stop(): Promise<void> {
    const parts = this.#parts;
    this.#parts = undefined;
    await parts?.[Symbol.asyncDispose]();
  }

  get #running(): ComposedCluster {
    if (this.#parts === undefined) throw new Error('the cluster does not run');
    return this.#parts;
  }

  get #time(): VirtualTime {
    return this.#running.pace!.time;
  }

  #machine(name: string): NodeMachine {
    const { machines } = this.#running;
    const machine = machines.get(name);
    if (machine !== undefined) return machine;
    throw new Error(`there is no node ${name}; there are ${[...machines.keys()].join(', ')}`);
  }

  #copyDatabase(from: string, to: string): void {
    for (const suffix of ['', '-wal']) {
      const file = join(from, DATABASE + suffix);
      if (existsSync(file)) cpSync(file, join(to, DATABASE + suffix));
    }
  }

  #removeDatabase(folder: string): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, DATABASE + suffix), { force: true });
  }
}

async function textOf(stream: Readable | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString();
}
