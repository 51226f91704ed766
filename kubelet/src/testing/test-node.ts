import {
  Activity,
  type Attachment,
  type Event,
  InformerFactory,
  KubeClient,
  type NetworkNamespace,
  type NetworkPlugin,
  type Pod,
  type Runtime,
  seededRandom,
  silentLogger,
  VirtualClock,
} from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { makeRootFileSystem } from '../container/root-file-system.ts';
import { type Image, ImagePullError } from '../images/image.ts';
import { Kubelet, type KubeletOptions } from '../kubelet.ts';
import { TestApi } from './test-api.ts';
import { TestContainers } from './test-containers.ts';

const IMAGE: Image = {
  entrypoint: ['app'],
  command: ['serve'],
  env: { IMAGE: 'yes' },
  workingDirectory: '/srv',
  programs: {},
  sizeBytes: 1234,
};

/** A network on which every connection is refused, unless the test says otherwise. */
class TestNetwork implements NetworkPlugin {
  readonly attached = new Set<string>();
  connect: NetworkNamespace['connect'] = () => Promise.reject(new Error('not scripted'));

  attach(_owner: unknown, addresses: readonly string[]): Attachment {
    for (const address of addresses) this.attached.add(address);
    return {
      network: this.#namespace(addresses),
      [Symbol.dispose]: () => addresses.forEach((address) => this.attached.delete(address)),
    };
  }

  host(_node: string, addresses: readonly string[]): Attachment {
    return { network: this.#namespace(addresses), [Symbol.dispose]() {} };
  }

  #namespace(addresses: readonly string[]): NetworkNamespace {
    const refuse = (): never => {
      throw new Error('not scripted');
    };
    return {
      addresses,
      listen: refuse,
      bind: refuse,
      openPorts: () => [],
      connect: (options) => this.connect(options),
    };
  }
}

/** A node with a kubelet on it, all around it played by the test, in virtual time. */
export class TestNode implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly activity = new Activity();
  readonly runtime: Runtime = {
    clock: this.clock,
    random: seededRandom(1),
    logger: { ...silentLogger, error: (facts) => void this.#bugs.push(facts) },
    activity: this.activity,
  };
  readonly api = new TestApi(this.runtime);
  readonly client = new KubeClient(this.api);
  readonly containers = new TestContainers();
  readonly network = new TestNetwork();
  informers = new InformerFactory(this.client, this.runtime);
  kubelet: Kubelet;
  readonly #options: Partial<KubeletOptions>;
  /** What was logged as an error. */
  readonly #bugs: object[] = [];

  constructor(options: Partial<KubeletOptions> = {}) {
    this.#options = options;
    this.kubelet = this.#makeKubelet();
  }

  /** A registered node that has its podCIDR. */
  static async start(options: Partial<KubeletOptions> = {}): Promise<TestNode> {
    const node = new TestNode(options);
    const starting = node.kubelet.start();
    await node.settle();
    await starting;
    node.api.put('nodes', { ...node.api.node('node-1')!, spec: { podCIDR: '10.244.0.0/24' } });
    await node.settle();
    return node;
  }

  /** A new kubelet on the same node: what happens when Kubarium is restarted. */
  async restart(): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.informers = new InformerFactory(this.client, this.runtime);
    this.kubelet = this.#makeKubelet();
    const starting = this.kubelet.start();
    await this.settle();
    await starting;
    await this.settle();
  }

  /** Lets all happen that is to happen now. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((resolve) => void setImmediate(resolve));
      while (this.clock.fireNext(this.clock.now()));
    }
  }

  /** Lets time go by, from one timer to the next. */
  async advance(seconds: number): Promise<void> {
    await this.settle();
    const until = this.clock.now() + seconds * 1000;
    while (this.clock.now() < until) {
      const next = this.clock.nextTimer() ?? until;
      this.clock.advance(Math.min(Math.max(next - this.clock.now(), 0), until - this.clock.now()));
      await this.settle();
    }
  }

  /** Binds a pod to the node and lets it start. */
  async run(over: Parameters<typeof makePod>[0] = {}): Promise<Pod> {
    const pod = makePod({
      ...over,
      metadata: { generation: 1, ...over.metadata },
      spec: { nodeName: 'node-1', restartPolicy: 'Always', ...over.spec },
    });
    this.api.put('pods', pod);
    await this.settle();
    return pod;
  }

  pod(name = 'pod'): Pod {
    const pod = this.api.pod(name);
    if (pod === undefined) throw new Error(`there is no pod ${name}`);
    return pod;
  }

  /** What was reported of pods: `Reason: message`. */
  events(): string[] {
    return this.api
      .all<Event>('events')
      .filter(({ involvedObject }) => involvedObject.kind === 'Pod')
      .map(({ reason, message }) => `${reason}: ${message}`);
  }

  /** The statuses that were written of pods. */
  statusWrites(): Record<string, unknown>[] {
    return this.api.requests
      .filter(
        ({ verb, resource, subresource }) =>
          verb === 'patch' && resource.resource === 'pods' && subresource === 'status',
      )
      .map(({ body }) => (body as { status: Record<string, unknown> }).status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kubelet[Symbol.asyncDispose]();
    await this.informers[Symbol.asyncDispose]();
    if (this.#bugs.length > 0) throw new AggregateError(this.#bugs, 'bugs were logged');
  }

  #makeKubelet(): Kubelet {
    return new Kubelet({
      nodeName: 'node-1',
      nodeAddress: '172.18.0.2',
      runtime: this.runtime,
      client: this.client,
      informers: this.informers,
      network: this.network,
      images: {
        resolve(reference) {
          if (/:(nonexistent|404)$/.test(reference))
            throw new ImagePullError(`failed to resolve reference "${reference}": not found`);
          return IMAGE;
        },
      },
      startContainer: this.containers.start,
      makeRootFileSystem,
      pullDelay: () => 0,
      ...this.#options,
    });
  }
}
