import {
  type Component,
  type InformerFactory,
  isConflict,
  isNotFound,
  keyOf,
  type KubeClient,
  LEASES,
  microTimestamp,
  NODES,
  type Pod,
  PODS,
  ReconcileLoop,
  type Runtime,
  timestamp,
} from '@kubarium/shared';

/**
 * Stands in for scheduler and kubelets where only controllers are tested: binds each pod to the next node, makes it Running and ready at
 * once, and lets it go when it is deleted. What it does not do to a pod, the test does.
 */
export class PodRunner implements Component {
  readonly name = 'pod-runner';
  /** False for a pod that is not to become ready. */
  isReady: (pod: Pod) => boolean = () => true;
  readonly #client: KubeClient;
  readonly #informers: InformerFactory;
  readonly #runtime: Runtime;
  readonly #loop: ReconcileLoop;
  readonly #nodes: string[] = [];
  #started = 0;

  constructor(client: KubeClient, informers: InformerFactory, runtime: Runtime) {
    this.#client = client;
    this.#informers = informers;
    this.#runtime = runtime;
    this.#loop = new ReconcileLoop({ name: this.name, runtime, workers: 64, reconcile: (key) => this.#run(key) });
    const enqueue = (pod: Pod): void => this.#loop.add(keyOf(pod));
    informers.informer(PODS).onChange({ added: enqueue, updated: enqueue });
  }

  async start(): Promise<void> {
    await this.#informers.start();
    await this.#loop.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]();
  }

  /** Registers a ready node with a Lease; pods go to the nodes in turn. */
  async addNode(name: string, zone = 'z'): Promise<void> {
    await this.#client.create(NODES, { metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } } });
    this.#nodes.push(name);
    await this.#client.create(LEASES, {
      metadata: { namespace: 'kube-node-lease', name },
      spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTimestamp(this.#runtime.clock.now()) },
    });
    await this.heartbeat(name);
  }

  /** Says that the node is alive, in its Lease and its status. */
  async heartbeat(name: string): Promise<void> {
    const now = this.#runtime.clock.now();
    const lease = { spec: { renewTime: microTimestamp(now) } };
    await this.#client.patch(LEASES, { namespace: 'kube-node-lease', name }, 'application/merge-patch+json', lease);
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: '',
      lastHeartbeatTime: timestamp(now),
      lastTransitionTime: timestamp(now),
    };
    const patch = { status: { conditions: [ready] } };
    const options = { subresource: 'status' };
    await this.#client.patch(NODES, { name }, 'application/strategic-merge-patch+json', patch, options);
  }

  async #run(key: string): Promise<void> {
    const pod = this.#informers.informer(PODS).store.get(key);
    if (pod === undefined) return;
    try {
      if (pod.metadata.deletionTimestamp !== undefined) {
        await this.#client.delete(PODS, pod.metadata, { gracePeriodSeconds: 0 });
      } else if (pod.spec.nodeName === undefined) await this.#bind(pod);
      else if (pod.status.phase === 'Pending') await this.#begin(pod);
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  async #bind(pod: Pod): Promise<void> {
    if (this.#nodes.length === 0) return;
    const name = this.#nodes[this.#started++ % this.#nodes.length]!;
    await this.#client.create(
      PODS,
      {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { namespace: pod.metadata.namespace, name: pod.metadata.name },
        target: { apiVersion: 'v1', kind: 'Node', name },
      } as never,
      { subresource: 'binding' },
    );
  }

  async #begin(pod: Pod): Promise<void> {
    const number = this.#started++;
    const now = timestamp(this.#runtime.clock.now());
    const podIP = `10.244.${(number >> 8) & 255}.${number & 255}`;
    const ready = { type: 'Ready', status: this.isReady(pod) ? 'True' : 'False', lastTransitionTime: now };
    const status: Pod['status'] = {
      ...pod.status,
      phase: 'Running',
      podIP,
      podIPs: [{ ip: podIP }],
      conditions: [ready],
    };
    await this.#client.update(PODS, { ...pod, status }, { subresource: 'status' });
  }
}
