import {
  type ContainerStatus,
  deepEqual,
  invariant,
  isNotFound,
  parseTimestamp,
  type Pod,
  PODS,
  type PodStatus,
  StatusError,
  type Timer,
  timestamp,
} from '@kubarium/shared';
import { type ContainerHost, graceOf } from './container-host.ts';
import type { NextStep } from './container-sequence.ts';
import type { DownwardFacts } from './container/downward-api.ts';
import type { PodSandbox } from './container/pod-sandbox.ts';
import { PodVolumes, type VolumesOwner } from './container/volumes/pod-volumes.ts';
import type { NodeContext } from './node-context.ts';
import type { Refusal } from './node-ledger.ts';
import type { PodContainer } from './pod-container.ts';
import { PodContainers } from './pod-containers.ts';
import { type PodEvent, type PodState, podTransition } from './pod-lifecycle.ts';
import { PodPreparation, type PreparationOwner } from './pod-preparation.ts';
import { podStatus, rejectedStatus } from './pod-status.ts';
import { restoredContainers, wasMade } from './power-cut.ts';
import type { StatusSource } from './status-writer.ts';

/** The kubelet, as one of its pods sees it. */
export interface PodWorkerOwner {
  /** Takes the pod onto the node, or says why not. */
  admit(pod: Pod): Refusal | undefined;
  /** Nothing of the pod runs any more; what it took of the node is free. */
  ended(worker: PodWorker): void;
  /** The API no longer has the pod, and nothing of it is left. */
  gone(worker: PodWorker): void;
}

const DELETE_RETRY_MS = 1_000;

const isTerminal = ({ phase }: PodStatus): boolean => phase === 'Succeeded' || phase === 'Failed';

/** Brings one pod to life and to its end; see pod-lifecycle for its states. All that happens to a pod happens here, in order. */
export class PodWorker implements ContainerHost, PreparationOwner, StatusSource, VolumesOwner {
  readonly context: NodeContext;
  readonly volumes: PodVolumes;
  readonly #owner: PodWorkerOwner;
  readonly #containers: PodContainers;
  #pod: Pod;
  #state: PodState = 'admitting';
  #sandbox: PodSandbox | undefined;
  #addresses: readonly string[];
  #refusal: Refusal | undefined;
  #failure: Refusal | undefined;
  #isInitialized = false;
  #isRemoved = false;
  #isDeleting = false;
  /** Only while it prepares. */
  #preparation: PodPreparation | undefined;
  #deadline: Timer | undefined;

  constructor(context: NodeContext, pod: Pod, owner: PodWorkerOwner) {
    this.context = context;
    this.#pod = pod;
    this.#owner = owner;
    this.#addresses = (pod.status.podIPs ?? []).map(({ ip }) => ip);
    this.#containers = new PodContainers(this, pod.spec);
    this.volumes = new PodVolumes(context, this);
  }

  get pod(): Pod {
    return this.#pod;
  }

  get facts(): DownwardFacts {
    const { nodeAddress, allocatable } = this.context;
    return { pod: this.#pod, podIPs: this.#addresses, hostIP: nodeAddress, allocatable };
  }

  get state(): PodState {
    return this.#state;
  }

  get sandbox(): PodSandbox {
    invariant(this.#sandbox !== undefined, `pod ${this.#pod.metadata.name} has no sandbox`);
    return this.#sandbox;
  }

  get hasSandbox(): boolean {
    return this.#sandbox !== undefined;
  }

  get isInitialized(): boolean {
    return this.#isInitialized;
  }

  container(name: string): PodContainer | undefined {
    return this.#containers.find(name);
  }

  /** Takes the pod up: new, or found bound to the node when the kubelet starts. */
  start(): void {
    const { status, metadata } = this.#pod;
    if (isTerminal(status)) {
      for (const known of this.#knownStatuses()) this.container(known.name)?.keep(known);
      return this.#dispatch('rejected');
    }
    const ranBefore = (status.containerStatuses ?? []).some(wasMade);
    if (metadata.deletionTimestamp !== undefined && !ranBefore) return this.#dispatch('stop');
    this.#refusal = this.#owner.admit(this.#pod);
    if (this.#refusal !== undefined) {
      this.context.events.event(this.#pod, 'Warning', this.#refusal.reason, this.#refusal.message);
      return this.#dispatch('rejected');
    }
    if (ranBefore) this.#restoreContainers();
    this.#dispatch('admitted');
    if (metadata.deletionTimestamp !== undefined) this.#dispatch('stop');
  }

  /** The API has a newer version of the pod. */
  update(pod: Pod): void {
    const before = this.#pod;
    this.#pod = pod;
    if (pod.metadata.generation !== before.metadata.generation) {
      for (const container of this.#containers.all) container.podChanged();
      this.#addEphemeral();
      this.context.statuses.changed(this);
    }
    const { labels, annotations } = pod.metadata;
    if (!deepEqual(labels, before.metadata.labels) || !deepEqual(annotations, before.metadata.annotations))
      this.volumes.refresh();
    if (pod.spec.readinessGates !== undefined && !deepEqual(pod.status.conditions, before.status.conditions))
      this.context.statuses.changed(this);
    if (pod.spec.activeDeadlineSeconds !== before.spec.activeDeadlineSeconds) this.#armDeadline();
    const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
    if (deletionTimestamp !== undefined && before.metadata.deletionTimestamp === undefined) this.#stop();
    else if (deletionGracePeriodSeconds !== before.metadata.deletionGracePeriodSeconds) this.#stopContainers();
    // Someone else declared it over (garbage collection of pods, a node that was given up).
    if (isTerminal(pod.status) && this.#state !== 'stopped') this.#stop();
  }

  /** The API no longer has the pod. */
  removed(last: Pod): void {
    this.#pod = last;
    this.#isRemoved = true;
    this.#dispatch('removed');
    this.#stopContainers();
  }

  /** Something that the pod waited for may be there now: the node's network, a ConfigMap, a Secret. */
  nudge(): void {
    if (this.#preparation === undefined) this.volumes.refresh();
    else this.#preparation.try();
  }

  /** The kubelet stops, and with it all that it runs, without a word to the API. */
  abandon(): void {
    this.#state = 'gone';
    this.#preparation?.[Symbol.dispose]();
    this.#deadline?.cancel();
    for (const container of this.#containers.all) container.abandon();
    this.#release();
  }

  prepared(sandbox: PodSandbox): void {
    this.#sandbox = sandbox;
    this.#addresses = sandbox.addresses;
    this.#dispatch('prepared');
  }

  changed(container: PodContainer): void {
    if (container.state === 'done') this.#containers.done(container);
    this.#advance();
    // Neither a pull nor a creation shows in the status.
    const isVisible = container.state !== 'pulling' && container.state !== 'creating';
    if (isVisible && this.#state !== 'gone') this.context.statuses.changed(this);
  }

  status(): PodStatus {
    const previous = this.context.statuses.written(this);
    const nowMs = this.context.runtime.clock.now();
    if (this.#refusal !== undefined) return rejectedStatus(this.#pod, this.#refusal, nowMs);
    return podStatus({
      pod: this.#pod,
      previous,
      nowMs,
      hostIP: this.context.nodeAddress,
      podIPs: this.#addresses,
      hasSandbox: this.#sandbox !== undefined,
      initStatuses: this.#containers.init.map(({ status }) => status),
      statuses: this.#containers.main.map(({ status }) => status),
      ephemeralStatuses: this.#containers.ephemeral.map(({ status }) => status),
      isInitialized: this.#isInitialized,
      isStopped: this.#state === 'stopped',
      failure: this.#failure,
    });
  }

  /** Once the last status has arrived, a pod that is to be deleted is deleted. */
  onWritten(): void {
    if (this.#state !== 'stopped' || this.#isRemoved || this.#isDeleting) return;
    if (this.#pod.metadata.deletionTimestamp === undefined) return;
    this.#isDeleting = true;
    const { activity } = this.context.runtime;
    activity?.begin();
    void this.#delete().finally(() => activity?.end());
  }

  async #delete(): Promise<void> {
    const { namespace, name, uid } = this.#pod.metadata;
    try {
      await this.context.client.delete(PODS, { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (isNotFound(error)) return;
      this.context.runtime.logger.warn(
        { pod: `${namespace}/${name}`, error: error.message },
        'a pod was not deleted; trying again',
      );
      this.context.runtime.clock.setTimer(DELETE_RETRY_MS, () => {
        this.#isDeleting = false;
        this.onWritten();
      });
    }
  }

  #dispatch(event: PodEvent): void {
    const next = podTransition(this.#state, event);
    invariant(next !== 'never', `pod ${this.#pod.metadata.name}: ${event} while ${this.#state}`);
    if (next === 'stay') return;
    this.#state = next;
    this.#preparation?.[Symbol.dispose]();
    this.#preparation = undefined;
    this.#entered(next);
  }

  #entered(state: PodState): void {
    switch (state) {
      case 'preparing':
        this.context.statuses.changed(this);
        this.#armDeadline();
        this.#preparation = new PodPreparation(this.context, this);
        return this.#preparation.try();
      case 'initializing':
        // The sandbox is reported with the first container that starts, as a kubelet does.
        return this.#advance();
      case 'running':
        this.#isInitialized = true;
        this.#addEphemeral();
        return this.#advance();
      case 'stopping':
        this.context.statuses.changed(this);
        this.#stopContainers();
        return this.#advance();
      case 'stopped':
        this.#deadline?.cancel();
        this.#release();
        this.#owner.ended(this);
        this.context.statuses.changed(this);
        return this.#isRemoved ? this.#dispatch('removed') : undefined;
      case 'gone':
        this.context.statuses.forget(this.#pod.metadata.uid);
        return this.#owner.gone(this);
      case 'admitting':
    }
  }

  /** Starts what is due next, and notices when a stage is over. */
  #advance(): void {
    if (this.#state === 'initializing') this.#take(this.#containers.nextInit);
    else if (this.#state === 'running') this.#take(this.#containers.nextMain);
    else if (this.#state === 'stopping' && this.#containers.all.every(({ state }) => state === 'done'))
      this.#dispatch('halted');
  }

  #take(step: NextStep<PodContainer>): void {
    if (step === undefined) return;
    if ('start' in step) step.start.start();
    else this.#dispatch(step.event);
  }

  #stop(): void {
    this.#dispatch('stop');
    // A pod that is over already has only to be deleted.
    if (this.#state === 'stopped') this.context.statuses.changed(this);
  }

  #stopContainers(): void {
    if (this.#state === 'stopping') this.#containers.stop(graceOf(this.#pod) * 1000);
  }

  #armDeadline(): void {
    this.#deadline?.cancel();
    const { activeDeadlineSeconds } = this.#pod.spec;
    if (activeDeadlineSeconds === undefined || this.#state === 'stopped') return;
    const { clock } = this.context.runtime;
    const { startTime } = this.context.statuses.written(this);
    const startMs = startTime === undefined ? clock.now() : parseTimestamp(startTime);
    this.#deadline = clock.setTimer(startMs + activeDeadlineSeconds * 1000 - clock.now(), () => {
      this.#failure = {
        reason: 'DeadlineExceeded',
        message: 'Pod was active on the node longer than the specified deadline',
      };
      this.context.events.event(this.#pod, 'Normal', this.#failure.reason, this.#failure.message);
      this.#stop();
    });
  }

  /** The node went down under the pod: its containers come back in a new sandbox, one restart later. */
  #restoreContainers(): void {
    this.context.events.event(
      this.#pod,
      'Normal',
      'SandboxChanged',
      'Pod sandbox changed, it will be killed and re-created.',
    );
    const restored = restoredContainers(this.#pod, timestamp(this.context.runtime.clock.now()));
    for (const [name, { status, isOver }] of restored) {
      if (isOver) this.container(name)?.keep(status);
      else this.container(name)?.adopt(status);
    }
  }

  #knownStatuses(): readonly ContainerStatus[] {
    const { containerStatuses = [], initContainerStatuses = [] } = this.#pod.status;
    return [...containerStatuses, ...initContainerStatuses];
  }

  #addEphemeral(): void {
    if (this.#state !== 'running') return;
    this.#containers.addEphemeral(this.#pod.spec);
    this.#advance();
  }

  #release(): void {
    this.volumes[Symbol.dispose]();
    this.#sandbox?.[Symbol.dispose]();
    this.#sandbox = undefined;
  }
}
