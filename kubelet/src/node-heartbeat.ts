import {
  isAlreadyExists,
  isNotFound,
  type KubeClient,
  type Lease,
  LEASES,
  microTimestamp,
  type Node,
  NODES,
  type Runtime,
  StatusError,
  type Timer,
} from '@kubarium/shared';
import type { ImageStore } from './image-store.ts';
import { initialNode, type NodeFacts, nodeLabels, nodeStatus, nodeStatusPatch } from './node-status.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
const LEASE_DURATION_SECONDS = 40;
const BEAT_MS = 10_000;
/** How often a status is sent that says nothing new. */
const REPORT_MS = 300_000;
const REGISTER_RETRY_MS = 100;

export interface NodeHeartbeatOptions {
  readonly runtime: Runtime;
  readonly client: KubeClient;
  readonly facts: NodeFacts;
  readonly images: ImageStore;
  /** Why pods cannot have a network yet. */
  readonly networkProblem: (podCidr: string | undefined) => string | undefined;
  /** Told of the node as it is after each exchange with the API. */
  readonly onNode: (node: Node) => void;
}

/**
 * Registers a node and keeps it alive: its Lease every 10 s, its status when something changed and at least every 5 minutes
 * (KEP-589). What others wrote into the Node (podCIDR, taints, labels, conditions) is kept.
 */
export class NodeHeartbeat implements Disposable {
  readonly #options: NodeHeartbeatOptions;
  #node: Node | undefined;
  #lease: Lease | undefined;
  #timer: Timer | undefined;
  #isBusy = false;
  #isDue = false;
  #stopped = false;

  constructor(options: NodeHeartbeatOptions) {
    this.#options = options;
  }

  /** Resolves once the node is registered; tries until then. */
  async register(): Promise<void> {
    const { client, facts, runtime, networkProblem } = this.#options;
    while (!this.#stopped) {
      try {
        const draft = initialNode(facts, runtime.clock.now(), networkProblem(undefined));
        this.#see(await client.create(NODES, draft));
        break;
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        if (isAlreadyExists(error)) {
          await this.#reregister();
          break;
        }
        runtime.logger.warn({ node: facts.name, error: error.message }, 'the node was not registered; trying again');
        await new Promise<void>((resolve) => runtime.clock.setTimer(REGISTER_RETRY_MS, resolve));
      }
    }
    await this.#beat();
  }

  /** The node has changed: what it says of itself may have to. */
  update(node: Node): void {
    this.#node = node;
    const { runtime, networkProblem } = this.#options;
    const isReady = node.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
    // A network that has become ready is told at once; the scheduler waits for it.
    if (!isReady && networkProblem(node.spec.podCIDR) === undefined) runtime.clock.setTimer(0, () => void this.#beat());
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #reregister(): Promise<void> {
    const { client, facts } = this.#options;
    const node = await client.get(NODES, { name: facts.name });
    const labels = nodeLabels(facts);
    const isLabelled = Object.entries(labels).every(([key, value]) => node.metadata.labels?.[key] === value);
    this.#see(
      isLabelled
        ? node
        : await client.patch(NODES, { name: facts.name }, 'application/strategic-merge-patch+json', {
            metadata: { labels },
          }),
    );
  }

  async #beat(): Promise<void> {
    if (this.#stopped) return;
    if (this.#isBusy) {
      this.#isDue = true;
      return;
    }
    this.#isBusy = true;
    const { runtime, facts } = this.#options;
    runtime.activity?.begin();
    this.#timer?.cancel();
    do {
      this.#isDue = false;
      try {
        await this.#renewLease();
        await this.#report();
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        runtime.logger.warn({ node: facts.name, error: error.message }, 'a heartbeat was not taken');
        this.#lease = undefined;
      }
    } while (this.#isDue && !this.#stopped);
    this.#isBusy = false;
    runtime.activity?.end();
    if (!this.#stopped) this.#timer = runtime.clock.setTimer(BEAT_MS, () => void this.#beat());
  }

  async #report(): Promise<void> {
    const { client, facts, runtime, images, networkProblem } = this.#options;
    const node = this.#node;
    if (node === undefined || this.#stopped) return;
    const nowMs = runtime.clock.now();
    const wanted = nodeStatus({
      facts,
      nowMs,
      networkProblem: networkProblem(node.spec.podCIDR),
      images: images.list(),
      previous: node.status,
    });
    const patch = nodeStatusPatch(node.status, wanted, nowMs, REPORT_MS);
    if (patch === undefined) return;
    try {
      this.#see(
        await client.patch(
          NODES,
          { name: facts.name },
          'application/strategic-merge-patch+json',
          { status: patch },
          { subresource: 'status' },
        ),
      );
    } catch (error) {
      // Somebody deleted the Node: a kubelet registers itself once only, and is then without.
      if (!isNotFound(error)) throw error;
      this.#node = undefined;
    }
  }

  async #renewLease(): Promise<void> {
    const { client, facts, runtime } = this.#options;
    const target = { namespace: LEASE_NAMESPACE, name: facts.name };
    const spec = {
      holderIdentity: facts.name,
      leaseDurationSeconds: LEASE_DURATION_SECONDS,
      renewTime: microTimestamp(runtime.clock.now()),
    };
    if (this.#lease !== undefined) {
      this.#lease = await client.update(LEASES, { ...this.#lease, spec: { ...this.#lease.spec, ...spec } });
      return;
    }
    try {
      const lease = await client.get(LEASES, target);
      this.#lease = await client.update(LEASES, { ...lease, spec: { ...lease.spec, ...spec } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const uid = this.#node?.metadata.uid ?? '';
      const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: facts.name, uid }];
      this.#lease = await client.create(LEASES, { metadata: { ...target, ownerReferences }, spec });
    }
  }

  #see(node: Node): void {
    this.#node = node;
    this.#options.onNode(node);
  }
}
