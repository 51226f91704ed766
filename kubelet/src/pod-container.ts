import {
  type Container,
  type ContainerStatus,
  type PodSpec,
  invariant,
  type Probe,
  type Timer,
} from '@kubarium/shared';
import { BackOff } from './back-off.ts';
import { type ContainerHost, graceOf } from './container-host.ts';
import { type ContainerInstance, exitState, makeInstance, startErrorState } from './container-instance.ts';
import { type ContainerEvent, type ContainerState, containerTransition } from './container-lifecycle.ts';
import { ContainerProcess, type ProcessOwner } from './container-process.ts';
import { ContainerRuns } from './container-runs.ts';
import { containerStatus, type Waiting } from './container-status.ts';
import { type Configuration, configureContainer } from './container/container-configuration.ts';
import type { Container as RunningContainer, ContainerExit } from './container/container.ts';
import { ContainerConfigError } from './container/container-config-error.ts';
import { FileSystemError } from './container/file-system.ts';
import { SpawnError } from './container/process.ts';
import { formatPod, goDuration } from './go-format.ts';
import { ImagePuller, type ImageResult } from './image-puller.ts';
import type { StoredImage } from './image-store.ts';
import { type ContainerRole, shouldRestart } from './restart-policy.ts';

/** How long before what could not be made is tried again: the kubelet's next look at the pod. */
const RETRY_MS = 10_000;

function containerOf({ containers, initContainers = [], ephemeralContainers = [] }: PodSpec, name: string): Container {
  for (const list of [containers, initContainers, ephemeralContainers as Container[]]) {
    const found = list.find((one) => one.name === name);
    if (found !== undefined) return found;
  }
  throw new Error(`invariant: container ${name} is not in its pod`);
}

/** One container of a pod over all its restarts; see container-lifecycle for its states. */
export class PodContainer implements ProcessOwner {
  readonly name: string;
  readonly role: ContainerRole;
  readonly host: ContainerHost;
  readonly #puller: ImagePuller;
  /** Only once it has ended. */
  #backOff: BackOff | undefined;
  #state: ContainerState = 'waiting';
  #waiting: Waiting | undefined;
  #stored: StoredImage | undefined;
  readonly #runs = new ContainerRuns();
  /** Only while one runs. */
  #process: ContainerProcess | undefined;
  #timer: Timer | undefined;
  #isAbandoned = false;
  /** What `spec` last found, and in which pod's. */
  #spec: Container | undefined;
  #specOf: PodSpec | undefined;
  /** Kept until something changes: a pod's status is asked for more often than its containers change. */
  #status: ContainerStatus | undefined;

  constructor(name: string, role: ContainerRole, host: ContainerHost) {
    this.name = name;
    this.role = role;
    this.host = host;
    this.#puller = new ImagePuller(host.context.images, host.context.runtime.clock);
  }

  get state(): ContainerState {
    return this.#state;
  }

  /** Its startup probe, if any, has succeeded. */
  get isStarted(): boolean {
    return this.#process?.isStarted ?? false;
  }

  /** The run that goes on, or the last one. */
  get current(): ContainerInstance | undefined {
    return this.#runs.current;
  }

  get previous(): ContainerInstance | undefined {
    return this.#runs.previous;
  }

  /** A process of it runs. */
  get isLive(): boolean {
    return this.#runs.isLive;
  }

  /** The code of its last end. */
  get exitCode(): number | undefined {
    return this.current?.terminated?.exitCode ?? this.#runs.lastTerminated?.exitCode;
  }

  get spec(): Container {
    const { spec } = this.host.pod;
    if (this.#specOf !== spec) {
      this.#spec = containerOf(spec, this.name);
      this.#specOf = spec;
    }
    return this.#spec!;
  }

  get status(): ContainerStatus {
    this.#status ??= containerStatus({
      pod: this.host.pod,
      isInitialized: this.host.isInitialized,
      spec: this.spec,
      role: this.role,
      state: this.#state,
      waiting: this.#waiting,
      isReady: this.#process?.isReady ?? false,
      isStarted: this.isStarted,
      restartCount: this.#runs.restartCount,
      instance: this.current,
      lastTerminated: this.#runs.lastTerminated,
    });
    return this.#status;
  }

  /** Takes over what the API knows of a container that ran on this node before the kubelet started. */
  adopt(status: ContainerStatus): void {
    this.#runs.adopt(status);
    this.#status = undefined;
  }

  /** It did its work before and is not run again; its state stays as the API has it. */
  keep(status: ContainerStatus): void {
    this.#status = status;
    this.#runs.keep(status);
    this.#state = 'done';
  }

  start(): void {
    this.#dispatch('start');
  }

  /** Ends it for good. Said again with a shorter grace, there is less time. */
  stop(graceMs: number, turn?: Promise<void>): void {
    this.#process?.stopLiveness();
    this.#process?.end(`Stopping container ${this.name}`, graceMs, turn);
    this.#dispatch('stop');
  }

  /** Ends it at once and without a word: the kubelet itself stops. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#timer?.cancel();
    this.#process?.[Symbol.dispose]();
    if (this.isLive) this.current!.running!.kill('SIGKILL');
  }

  /** The pod was changed: a container whose image is another now is replaced. */
  podChanged(): void {
    if (this.#state !== 'running' || this.current?.specImage === this.spec.image) return;
    this.#kill(`Container ${this.name} definition changed, will be restarted`);
  }

  #dispatch(event: ContainerEvent): void {
    if (this.#isAbandoned) return;
    const next = containerTransition(this.#state, event);
    invariant(next !== 'never', `container ${this.name}: ${event} while ${this.#state}`);
    if (next === 'stay') return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#state = next;
    this.#status = undefined;
    this.host.changed(this);
    // What was told of the change may have changed it again.
    if (this.#state === next) this.#entered(next);
  }

  #entered(state: ContainerState): void {
    if (state === 'pulling') this.#pull();
    else if (state === 'creating') void this.#track(this.#create());
    else if (state === 'createBackOff') this.#retryAfter(RETRY_MS);
    else if (state === 'exited') this.#decide();
  }

  #retryAfter(delayMs: number): void {
    this.#timer = this.host.context.runtime.clock.setTimer(delayMs, () => this.#dispatch('retry'));
  }

  /** Sees to it that a bug in what goes on by itself is told. What waits for the clock is not counted as activity. */
  async #track(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const facts = { pod: formatPod(this.host.pod), container: this.name, err: error };
      this.host.context.runtime.logger.error(facts, 'invariant: a container could not be handled');
    }
  }

  #pull(): void {
    const result = this.#puller.ensure(this.spec, (type, reason, message) => this.emit(type, reason, message));
    if (result instanceof Promise) void this.#track(result.then((pulled) => this.#pulled(pulled)));
    else this.#pulled(result);
  }

  #pulled(result: ImageResult): void {
    if (this.#state !== 'pulling') return;
    if (result.ok) {
      this.#stored = result.stored;
      return this.#dispatch('pulled');
    }
    this.#waiting = { reason: result.reason, message: result.message };
    this.#dispatch('pullFailed');
    if (this.state === 'pullBackOff') this.#retryAfter(result.retryMs);
  }

  async #create(): Promise<void> {
    const configuration = this.#configuration();
    if (configuration === undefined) return this.#dispatch('configFailed');
    const instance = this.#newInstance(configuration);
    this.emit('Normal', 'Created', 'Container created');
    const { startContainer, runtime } = this.host.context;
    runtime.activity?.begin();
    try {
      instance.running = await startContainer({ ...configuration, streams: instance.streams });
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      return this.#startFailed(instance, error);
    } finally {
      runtime.activity?.end();
    }
    if (this.#isAbandoned) return instance.running.kill('SIGKILL');
    this.emit('Normal', 'Started', 'Container started');
    await this.#run(instance, instance.running);
  }

  /** What the container is made of; undefined where something for it is not there. */
  #configuration(): Configuration | undefined {
    const { context, pod, sandbox, volumes } = this.host;
    try {
      return configureContainer({ context, pod, container: this.spec, stored: this.#stored!, sandbox, volumes });
    } catch (error) {
      if (!(error instanceof ContainerConfigError || error instanceof FileSystemError)) throw error;
      this.emit('Warning', 'Failed', `Error: ${error.message}`);
      this.#waiting = { reason: 'CreateContainerConfigError', message: error.message };
      return undefined;
    }
  }

  #newInstance(configuration: Configuration): ContainerInstance {
    const { context, pod } = this.host;
    const { spec } = this;
    const podUid = pod.metadata.uid;
    this.#status = undefined;
    return this.#runs.begin((attempt) =>
      makeInstance({ context, podUid, spec, stored: this.#stored!, configuration, attempt }),
    );
  }

  async #run(instance: ContainerInstance, running: RunningContainer): Promise<void> {
    const process = new ContainerProcess(this, instance, running);
    this.#process = process;
    void running.exit.then((exit) => this.#track(this.#exited(instance, exit)));
    // Stopped while it was being started.
    if (this.#state === 'stopping') return this.stop(graceOf(this.host.pod) * 1000);
    const { postStart } = this.spec.lifecycle ?? {};
    const failure = postStart && (await process.postStart(postStart));
    if (this.#process !== process || this.#state !== 'creating') return;
    if (failure !== undefined) this.emit('Warning', 'FailedPostStartHook', 'PostStartHook failed');
    this.#waiting = undefined;
    process.begin({
      changed: () => this.#changed(),
      failed: (kind, probe) => this.#probeFailed(kind, probe),
      report: (reason, message) => this.emit('Warning', reason, message),
    });
    this.#dispatch('started');
    if (failure !== undefined) this.#kill('FailedPostStartHook');
  }

  #changed(): void {
    this.#status = undefined;
    this.host.changed(this);
  }

  #probeFailed(kind: 'startup' | 'liveness', probe: Probe): void {
    const { pod } = this.host;
    const isRestarted = this.role === 'sidecar' || (this.spec.restartPolicy ?? pod.spec.restartPolicy) !== 'Never';
    const message = `Container ${this.name} failed ${kind} probe${isRestarted ? ', will be restarted' : ''}`;
    this.#kill(message, probe.terminationGracePeriodSeconds);
  }

  #kill(message: string, graceSeconds = graceOf(this.host.pod)): void {
    if (this.#state !== 'running') return;
    this.#process!.end(message, graceSeconds * 1000);
    this.#dispatch('kill');
  }

  #startFailed(instance: ContainerInstance, error: SpawnError): void {
    const terminated = startErrorState(instance, error, this.host.context.runtime.clock.now());
    const { message } = terminated;
    this.emit('Warning', 'Failed', `Error: ${message}`);
    instance.terminated = terminated;
    instance.logs.end();
    this.#waiting = { reason: 'RunContainerError', message };
    this.#dispatch('startFailed');
  }

  async #exited(instance: ContainerInstance, { exitCode }: ContainerExit): Promise<void> {
    instance.logs.end();
    instance.ended?.abort();
    if (this.#isAbandoned) return;
    this.#process?.[Symbol.dispose]();
    this.#process = undefined;
    instance.terminated = exitState(instance, this.spec, exitCode, this.host.context.runtime.clock.now());
    this.#waiting = undefined;
    this.#dispatch('exited');
  }

  /** What follows its end: a restart, now or after a while, or nothing. */
  #decide(): void {
    const { context, pod } = this.host;
    const { exitCode } = this.current!.terminated!;
    if (!shouldRestart(pod, this.spec, this.role, exitCode)) {
      this.#waiting = undefined;
      return this.#dispatch('finish');
    }
    const nowMs = context.runtime.clock.now();
    const backOff = (this.#backOff ??= new BackOff());
    const waitMs = backOff.remaining(nowMs, nowMs);
    if (waitMs === 0) {
      backOff.next(nowMs, nowMs);
      return this.#dispatch('restart');
    }
    const name = formatPod(pod);
    // Simplified: reported once for each wait; a real kubelet reports it each time that it looks at the pod meanwhile.
    this.emit('Warning', 'BackOff', `Back-off restarting failed container ${this.name} in pod ${name}`);
    this.#waiting = {
      reason: 'CrashLoopBackOff',
      message: `back-off ${goDuration(backOff.delayMs)} restarting failed container=${this.name} pod=${name}`,
    };
    this.#dispatch('backOff');
    this.#timer = context.runtime.clock.setTimer(waitMs, () => {
      backOff.next(nowMs, context.runtime.clock.now());
      this.#dispatch('retry');
    });
  }

  emit(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const fieldPath = `spec.${FIELDS[this.role]}{${this.name}}`;
    this.host.context.events.event(this.host.pod, type, reason, message, { fieldPath });
  }
}

const FIELDS: Record<ContainerRole, string> = {
  init: 'initContainers',
  sidecar: 'initContainers',
  main: 'containers',
  ephemeral: 'ephemeralContainers',
};
