import type { InformerHandler, Namespace, NetworkPolicy, Pod, PodSpec } from '@kubarium/shared';
import { compiledPolicy, type CompiledPolicy, type PolicyPod } from './compiled-policy.ts';

/** A pod, and what tells it from others of its name. */
export interface IndexedPod extends PolicyPod {
  readonly uid: string;
  readonly address: string | undefined;
}

const NONE: readonly CompiledPolicy[] = [];

/**
 * What is known of policies, pods and namespaces, fed by their changes. Which policies select a pod is found when it is first asked
 * for and kept until the pod's labels or the policies of its namespace change: a change costs what it touches.
 */
export class PolicyIndex {
  readonly #policies = new Map<string, Map<string, CompiledPolicy>>();
  readonly #namespaceLabels = new Map<string, Readonly<Record<string, string>>>();
  readonly #pods = new Map<string, IndexedPod>();
  readonly #podsByUid = new Map<string, IndexedPod>();
  /** By namespace, then by pod as it is known now. */
  readonly #selecting = new Map<string, WeakMap<PolicyPod, readonly CompiledPolicy[]>>();
  #count = 0;

  /** Whether there is any policy at all. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  readonly policyChanges: InformerHandler<NetworkPolicy> = {
    added: (policy) => this.#putPolicy(policy),
    updated: (policy) => this.#putPolicy(policy),
    deleted: ({ metadata }) => {
      if (this.#policies.get(metadata.namespace!)?.delete(metadata.name)) this.#count--;
      this.#selecting.delete(metadata.namespace!);
    },
  };

  readonly namespaceChanges: InformerHandler<Namespace> = {
    added: ({ metadata }) => void this.#namespaceLabels.set(metadata.name, metadata.labels ?? {}),
    updated: ({ metadata }) => void this.#namespaceLabels.set(metadata.name, metadata.labels ?? {}),
    deleted: ({ metadata }) => void this.#namespaceLabels.delete(metadata.name),
  };

  readonly podChanges: InformerHandler<Pod> = {
    added: (pod) => this.#putPod(pod),
    updated: (pod, previous) => {
      if (
        pod.metadata.uid === previous.metadata.uid &&
        pod.metadata.labels === previous.metadata.labels &&
        pod.spec === previous.spec &&
        pod.status.podIP === previous.status.podIP
      ) {
        return;
      }
      this.#putPod(pod);
    },
    deleted: ({ metadata }) => {
      this.#pods.delete(`${metadata.namespace}/${metadata.name}`);
      this.#podsByUid.delete(metadata.uid);
    },
  };

  /** A pod by its name; undefined where no such pod is known. */
  pod(namespace: string, name: string): IndexedPod | undefined {
    return this.#pods.get(`${namespace}/${name}`);
  }

  /** The pod of a sandbox. One that is not known by its object (any more) is a pod without labels in its namespace. */
  sandbox(pod: { readonly namespace: string; readonly name: string; readonly uid: string }, node: string): IndexedPod {
    const { namespace, name, uid } = pod;
    const known = this.#podsByUid.get(uid);
    if (known !== undefined) return known;
    const namespaceLabels = this.#namespaceLabels.get(namespace) ?? {};
    return { namespace, name, uid, node, address: undefined, labels: {}, namespaceLabels, portNumber: () => undefined };
  }

  /** The policies that select a pod, by name. */
  policiesOf = (pod: PolicyPod): readonly CompiledPolicy[] => {
    const policies = this.#policies.get(pod.namespace);
    if (policies === undefined || policies.size === 0) return NONE;
    let known = this.#selecting.get(pod.namespace);
    if (known === undefined) this.#selecting.set(pod.namespace, (known = new WeakMap()));
    let selecting = known.get(pod);
    if (selecting === undefined) {
      selecting = [...policies.values()].filter((policy) => policy.selects(pod));
      selecting = selecting.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      known.set(pod, selecting);
    }
    return selecting;
  };

  #putPolicy(policy: NetworkPolicy): void {
    const { namespace = '', name } = policy.metadata;
    let policies = this.#policies.get(namespace);
    if (policies === undefined) this.#policies.set(namespace, (policies = new Map()));
    if (!policies.has(name)) this.#count++;
    policies.set(name, compiledPolicy(policy));
    this.#selecting.delete(namespace);
  }

  #putPod(pod: Pod): void {
    const { metadata } = pod;
    const namespace = metadata.namespace!;
    const key = `${namespace}/${metadata.name}`;
    const before = this.#pods.get(key);
    if (before !== undefined) this.#podsByUid.delete(before.uid);
    const known = new KnownPod(pod, this.#namespaceLabels);
    this.#pods.set(key, known);
    this.#podsByUid.set(known.uid, known);
  }
}

/** A pod as its object tells of it: as lean as can be, since there is one for every pod of the cluster. */
class KnownPod implements IndexedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly address: string | undefined;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly #spec: PodSpec;
  readonly #labelsOf: ReadonlyMap<string, Readonly<Record<string, string>>>;

  constructor({ metadata, spec, status }: Pod, labelsOf: ReadonlyMap<string, Readonly<Record<string, string>>>) {
    this.namespace = metadata.namespace!;
    this.name = metadata.name;
    this.uid = metadata.uid;
    this.address = spec.hostNetwork === true ? undefined : status.podIP;
    this.node = spec.nodeName ?? '';
    this.labels = metadata.labels ?? {};
    this.#spec = spec;
    this.#labelsOf = labelsOf;
  }

  get namespaceLabels(): Readonly<Record<string, string>> {
    return this.#labelsOf.get(this.namespace) ?? {};
  }

  portNumber(name: string, protocol: string): number | undefined {
    // Sidecars, which are init containers, have ports too.
    for (const { ports } of [...this.#spec.containers, ...(this.#spec.initContainers ?? [])]) {
      const port = ports?.find((one) => one.name === name && (one.protocol ?? 'TCP') === protocol);
      if (port !== undefined) return port.containerPort;
    }
    return undefined;
  }
}
