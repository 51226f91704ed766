import { randomInt } from 'node:crypto';
import { inspect } from 'node:util';
import type { ControllerFactory } from '@kubarium/controllers';
import { defineImage, type Image, type Program } from '@kubarium/kubelet';
import {
  parseDuration,
  realClock,
  seededRandom,
  sleep,
  VirtualClock,
  type VirtualTime,
  type ApiObject,
  type Clock,
  KubeClient,
  type Logger,
} from '@kubarium/shared';
import { composeCluster, type ComposedCluster } from './compose-cluster.ts';
import { Applier } from './embedded/apply-objects.ts';
import { checkOptions } from './embedded/checked-options.ts';
import { keptAlive } from './embedded/kept-alive.ts';
import { PodHandle } from './embedded/pod-handle.ts';
import { whatIsNotReady } from './embedded/readiness.ts';
import { SettledTransport } from './embedded/settled-transport.ts';
import { Transcript } from './embedded/transcript.ts';
import { kubeconfig } from './kubeconfig.ts';
import { serverNames } from './pki/server-names.ts';
import { createCredentials, createPodCredentials, createServiceAccountKey, serverTls } from './pki/credentials.ts';

export interface CreateClusterOptions {
  /** How many simulated nodes; 2 by default. */
  readonly nodes?: number | undefined;
  /** Over how many zones the nodes are spread in turn (`zone-1`, ...); by default they have none. */
  readonly zones?: number | undefined;
  /** How many pods a node takes; 110 by default. */
  readonly podsPerNode?: number | undefined;
  /** `virtual` (the default): time stands still but for `advance` and what awaits something; `real`: the machine's own. */
  readonly clock?: 'virtual' | 'real' | undefined;
  /** Decides all chance; 1 by default in virtual time, else another at each start. */
  readonly seed?: number | undefined;
  /** Images by repository or by its last part (`backend`): a whole image, or the program that the container runs. */
  readonly images?: Readonly<Record<string, Image | Program>> | undefined;
  /** Controllers besides the built-in ones; they start with the cluster. */
  readonly controllers?: readonly ControllerFactory[] | undefined;
  readonly logger?: Logger | undefined;
}

/** A duration: milliseconds, or as Go spells it (`5m`, `1h30m`, `200ms`). */
export type Duration = number | string;

/**
 * Starts a cluster in this process: in memory, with no sockets, no certificates and no files. Resolves once the API answers and all
 * parts are in work. Several live side by side and share nothing.
 */
export async function createCluster(options: CreateClusterOptions = {}): Promise<Cluster> {
  checkOptions(options);
  const isVirtual = options.clock !== 'real';
  const clock = isVirtual ? new VirtualClock() : realClock;
  const random = seededRandom(options.seed ?? (isVirtual ? 1 : randomInt(2 ** 32)));
  const podCredentials = createPodCredentials(serverNames('127.0.0.1'), random.fork('pod-credentials'));
  const make = () =>
    composeCluster({
      nodes: options.nodes,
      zones: options.zones,
      podsPerNode: options.podsPerNode,
      clock,
      random,
      logger: options.logger,
      serviceAccountKey: createServiceAccountKey(isVirtual ? random.fork('service-account-key') : undefined),
      rootCertificate: podCredentials.rootCertificate,
      podTls: () => podCredentials.tls(),
      images: new Map(Object.entries(options.images ?? {}).map(([name, image]) => [name, imageOf(image)])),
      controllers: options.controllers,
    });
  const cluster = new Cluster(await (isVirtual ? make() : keptAlive(make)));
  if (isVirtual) await cluster.settle();
  return cluster;
}

const imageOf = (image: Image | Program): Image =>
  typeof image === 'function' ? defineImage({ entrypoint: ['/app'], programs: { '/app': image } }) : image;

/**
 * A cluster inside a program, as tests want one. Disposing it stops everything; only `transcript()` and `clock` are of use afterwards, and
 * disposing it once more does nothing.
 */
export class Cluster implements AsyncDisposable {
  /** An administrator's client. */
  readonly client: KubeClient;
  readonly clock: Clock;
  /** What the cluster is made of, for those who look inside. */
  readonly parts: ComposedCluster;
  readonly #time: VirtualTime | undefined;
  readonly #applier: Applier;
  readonly #transcript = new Transcript();
  #kubeconfig: Promise<string> | undefined;
  #isDisposed = false;

  /** Use `createCluster`. */
  constructor(parts: ComposedCluster) {
    const time = parts.pace?.time;
    this.parts = parts;
    this.client =
      time === undefined ? parts.client : new KubeClient(new SettledTransport(parts.transport, () => this.settle()));
    this.clock = parts.runtime.clock;
    this.#time = time;
    parts.storage.watch('', 0, (batch) => this.#transcript.writes(batch));
    this.#applier = new Applier(parts.client, () => parts.resources());
  }

  /** Creates or updates objects, as `kubectl apply` does, and settles: YAML of any number of documents, an object, or several. */
  async apply(manifests: string | object | readonly object[], namespace?: string): Promise<ApiObject[]> {
    await this.settle();
    const applied = await this.#applier.apply(manifests, namespace);
    await this.settle();
    return applied;
  }

  /** Resolves once everything has happened that can without time passing; in real time, once no work is under way. */
  async settle(): Promise<void> {
    this.#mustLive();
    await (this.#time === undefined ? keptAlive(() => this.parts.activity.whenIdle()) : this.#time.settle());
  }

  /** Goes on to the next moment at which something is due, and settles; false where nothing ever will be. Needs virtual time. */
  async step(): Promise<boolean> {
    this.#mustLive();
    if (this.#time === undefined) throw new TypeError('only virtual time can be stepped');
    return this.#time.step();
  }

  /** Lets a duration pass, and settles. In virtual time it takes no longer than what happens in it; in real time it waits. */
  async advance(duration: Duration): Promise<void> {
    this.#mustLive();
    const milliseconds = millisecondsOf(duration);
    if (this.#time !== undefined) return this.#time.advance(milliseconds);
    await keptAlive(() => sleep(this.clock, milliseconds));
    await this.settle();
  }

  /** Lets time pass until a condition holds, an hour at most unless told otherwise; resolves with whether it does. */
  async advanceUntil(condition: () => boolean | Promise<boolean>, limit: Duration = '1h'): Promise<boolean> {
    this.#mustLive();
    const limitMs = millisecondsOf(limit);
    if (this.#time !== undefined) return this.#time.advanceUntil(condition, limitMs);
    const end = this.clock.now() + limitMs;
    while (!(await condition())) {
      if (this.clock.now() >= end) return false;
      await keptAlive(() => sleep(this.clock, POLL_MS));
    }
    return true;
  }

  /** Lets time pass until every Deployment is available and every pod Ready or done; rejects with what is not within `limit`. */
  async ready(limit: Duration = '5m'): Promise<void> {
    let missing: string[] = [];
    const isReady = async (): Promise<boolean> => (missing = await whatIsNotReady(this.parts.client)).length === 0;
    if (!(await this.advanceUntil(isReady, limit))) throw new Error(`not ready after ${limit}: ${missing.join(', ')}`);
  }

  /** A pod by name; it need not be there yet. */
  pod(name: string, namespace = 'default'): PodHandle {
    return new PodHandle(namespace, name, {
      client: this.parts.client,
      nodes: this.parts.nodes,
      letPass: (work) => this.#letPass(work),
      advanceUntil: (condition, limitMs) => this.advanceUntil(condition, limitMs),
      shown: (...parts) => this.#transcript.add(...parts),
    });
  }

  /**
   * The SHA-256 of all that has happened: every write in its order, with the whole object, and what `exec`, `curl` and `logs` have
   * brought. The same seed and the same calls give the same hash (in virtual time).
   */
  transcript(): string {
    return this.#transcript.digest();
  }

  /**
   * A kubeconfig, as YAML, for programs of this machine: the first call opens the API on a free port of 127.0.0.1. Who knows the seed of a
   * cluster in virtual time knows the key that signs its ServiceAccounts' tokens.
   */
  async kubeconfig(): Promise<string> {
    this.#mustLive();
    return (this.#kubeconfig ??= this.#serve());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await this.parts[Symbol.asyncDispose]();
  }

  #mustLive(): void {
    if (this.#isDisposed) throw new Error('this cluster has been disposed of: nothing goes on in it any more');
  }

  async #serve(): Promise<string> {
    const credentials = createCredentials(serverNames('127.0.0.1'), realClock.now());
    const { ca, admin, adminToken } = credentials;
    const port = await this.parts.serve({ tls: serverTls(credentials), address: '127.0.0.1', port: 0, adminToken });
    return kubeconfig({
      server: `https://127.0.0.1:${port}`,
      caCertificate: ca.certificate,
      clientCertificate: admin.certificate,
      clientKey: admin.key,
    });
  }

  async #letPass<T>(work: () => Promise<T>): Promise<T> {
    await this.settle();
    // It may have ended meanwhile: whoever returns a promise out of an `await using` block comes too late.
    this.#mustLive();
    const promise = work();
    let isDone = false;
    const done = promise.finally(() => (isDone = true));
    if (this.#time === undefined) return keptAlive(() => done);
    // What goes wrong is told below.
    done.catch(() => undefined);
    if (await this.#time.advanceUntil(() => isDone)) return done;
    this.#mustLive();
    throw new Error('what was awaited has not ended within an hour of the cluster’s time');
  }
}

/** How often a condition is looked at in real time. */
const POLL_MS = 10;

function millisecondsOf(duration: Duration): number {
  const milliseconds = typeof duration === 'number' ? duration : parseDuration(duration);
  if (Number.isFinite(milliseconds) && milliseconds! >= 0) return milliseconds!;
  throw new TypeError(`no duration: ${inspect(duration)}; write milliseconds, or for example "5m", "1h30m", "200ms"`);
}
