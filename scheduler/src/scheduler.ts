import {
  EventRecorder,
  NODES,
  PODS,
  deepEqual,
  isNotFound,
  keyOf,
  seriesEvents,
  timestamp,
  type Binding,
  type Component,
  type Informer,
  type InformerFactory,
  type KubeClient,
  type Node,
  type Pod,
  type PodCondition,
  type Runtime,
} from '@kubarium/shared';
import { defaultPlugins } from './default-plugins.ts';
import { failureMessage } from './failure-message.ts';
import { podInfo, type PodInfo } from './pod-info.ts';
import { schedulePod, type Plugins } from './schedule-pod.ts';
import { SchedulingQueue } from './scheduling-queue.ts';
import { Snapshot } from './snapshot.ts';

export interface SchedulerOptions {
  readonly client: KubeClient;
  readonly informers: InformerFactory;
  readonly runtime: Runtime;
  /** Pods that name another scheduler are left to it. */
  readonly schedulerName?: string | undefined;
  readonly plugins?: Plugins | undefined;
}

/** How many pods are decided in one turn of the event loop: enough to be fast, few enough to let others have theirs. */
const PODS_PER_TURN = 200;

/**
 * Gives pods their nodes: takes each pod without one from its queue, decides by a snapshot of the cluster, and binds it. A pod
 * counts on its node from the moment of the decision; a binding that fails takes that back. Pods that fit nowhere are told why in an
 * event and in their condition PodScheduled.
 */
export class Scheduler implements Component {
  readonly name = 'scheduler';
  readonly #client: KubeClient;
  readonly #informers: InformerFactory;
  readonly #runtime: Runtime;
  readonly #schedulerName: string;
  readonly #plugins: Plugins;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #events: EventRecorder;
  readonly #snapshot = new Snapshot();
  readonly #queue: SchedulingQueue;
  readonly #bindings = new Set<Promise<void>>();
  #turnIsDue = false;
  #isRunning = false;

  constructor({
    client,
    informers,
    runtime,
    schedulerName = 'default-scheduler',
    plugins = defaultPlugins,
  }: SchedulerOptions) {
    this.#client = client;
    this.#informers = informers;
    this.#runtime = { ...runtime, random: runtime.random.fork('scheduler') };
    this.#schedulerName = schedulerName;
    this.#plugins = plugins;
    const style = seriesEvents(schedulerName, `${schedulerName}-kubarium`);
    this.#events = new EventRecorder({ client, runtime, component: schedulerName, style });
    this.#queue = new SchedulingQueue(runtime, () => this.#requestTurn());
    this.#nodes = informers.informer(NODES);
    this.#pods = informers.informer(PODS);
    this.#nodes.onChange({
      added: (node) => this.#nodeChanged(node),
      updated: (node, previous) => {
        // A node's heartbeats change nothing that matters here.
        if (decisiveParts(node) !== decisiveParts(previous)) this.#nodeChanged(node);
      },
      deleted: (node) => this.#snapshot.removeNode(node.metadata.name),
    });
    this.#pods.onChange({
      added: (pod) => this.#podChanged(pod),
      updated: (pod, previous) => this.#podChanged(pod, previous),
      deleted: (pod) => this.#podGone(keyOf(pod)),
    });
  }

  async start(): Promise<void> {
    await this.#informers.start();
    this.#isRunning = true;
    this.#requestTurn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#bindings);
    await this.#events[Symbol.asyncDispose]();
  }

  #nodeChanged(node: Node): void {
    this.#snapshot.setNode(node);
    this.#queue.wake();
  }

  #podChanged(pod: Pod, previous?: Pod): void {
    const key = keyOf(pod);
    if (previous !== undefined && previous.metadata.uid !== pod.metadata.uid) this.#podGone(key);
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') return this.#podGone(key);
    if (pod.spec.nodeName !== undefined && pod.spec.nodeName !== '') {
      this.#queue.remove(key);
      const isNew = this.#snapshot.nodeOf(key) === undefined || previous?.spec.nodeName === undefined;
      // A status write of a running pod changes nothing that decides.
      if (!isNew && !countsOtherwise(pod, previous)) return this.#snapshot.renew(pod);
      this.#snapshot.setPod(pod);
      return this.#queue.wake(looksAtPods);
    }
    const isOurs = (pod.spec.schedulerName ?? 'default-scheduler') === this.#schedulerName;
    const isGated = (pod.spec.schedulingGates ?? []).length > 0;
    if (!isOurs || isGated || pod.metadata.deletionTimestamp !== undefined) this.#queue.remove(key);
    else if (this.#snapshot.nodeOf(key) === undefined) this.#queue.add(podInfo(pod));
  }

  #podGone(key: string): void {
    this.#queue.remove(key);
    if (this.#snapshot.nodeOf(key) === undefined) return;
    this.#snapshot.remove(key);
    this.#queue.wake();
  }

  #requestTurn(): void {
    if (this.#turnIsDue || !this.#isRunning) return;
    this.#turnIsDue = true;
    setImmediate(() => {
      this.#turnIsDue = false;
      if (this.#isRunning) this.#turn();
    });
  }

  #turn(): void {
    for (let i = 0; i < PODS_PER_TURN; i++) {
      const info = this.#queue.take();
      if (info === undefined) return;
      this.#place(info);
    }
    this.#requestTurn();
  }

  #place(info: PodInfo): void {
    const decision = schedulePod(info, this.#snapshot, this.#plugins, this.#runtime.random);
    if (decision.node === undefined) {
      const message = failureMessage(decision.verdicts);
      this.#queue.park(info.key);
      this.#events.event(info.pod, 'Warning', 'FailedScheduling', message, { action: 'Scheduling' });
      this.#track(this.#writeCondition(info.pod, message));
      return;
    }
    this.#snapshot.place(info, decision.node);
    this.#track(this.#bind(info, decision.node));
  }

  async #bind(info: PodInfo, node: string): Promise<void> {
    const { namespace = '', name } = info.pod.metadata;
    try {
      await this.#client.create<Pod, Binding>(
        PODS,
        { metadata: { namespace, name, uid: info.pod.metadata.uid }, target: { kind: 'Node', name: node } },
        { subresource: 'binding' },
      );
      const message = `Successfully assigned ${namespace}/${name} to ${node}`;
      this.#events.event(info.pod, 'Normal', 'Scheduled', message, { action: 'Binding' });
    } catch (error) {
      this.#snapshot.remove(info.key);
      if (isNotFound(error)) return;
      this.#runtime.logger.warn(
        { pod: info.key, node, error: String(error) },
        'binding failed; the pod is tried again',
      );
      this.#queue.park(info.key, true);
    }
  }

  /** Says in the pod's condition why it has no node; written only where that is news. */
  async #writeCondition(pod: Pod, message: string): Promise<void> {
    const { namespace, name } = pod.metadata;
    const current = pod.status.conditions?.find((condition) => condition.type === 'PodScheduled');
    if (current?.status === 'False' && current.message === message) return;
    const now = timestamp(this.#runtime.clock.now());
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime: current?.status === 'False' ? current.lastTransitionTime : now,
      ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    };
    try {
      await this.#client.patch(
        PODS,
        { namespace, name },
        'application/strategic-merge-patch+json',
        { status: { conditions: [condition] } },
        { subresource: 'status' },
      );
    } catch (error) {
      if (!isNotFound(error))
        this.#runtime.logger.warn({ pod: keyOf(pod), error: String(error) }, 'cannot write the pod’s condition');
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#bindings.delete(tracked));
    this.#bindings.add(tracked);
  }
}

/** The parts of a node that a decision can depend on, as one comparable text. */
const decisiveParts = ({ metadata, spec, status }: Node): string =>
  JSON.stringify([metadata.labels, spec.unschedulable, spec.taints, status.allocatable]);

/** Whether a placed pod may now speak for or against others in another way: by its labels, or because it is on its way out. */
const countsOtherwise = ({ metadata }: Pod, { metadata: before }: Pod): boolean =>
  !deepEqual(metadata.labels, before.labels) || metadata.deletionTimestamp !== before.deletionTimestamp;

/** True for pods whose place depends on other pods. */
const looksAtPods = ({ pod }: PodInfo): boolean =>
  pod.spec.affinity?.podAffinity !== undefined || (pod.spec.topologySpreadConstraints ?? []).length > 0;
