import { deepEqual, type Informer, type Node } from '@kubarium/shared';
import type { NodeDirectory, NodeFacts } from './virtual-ip.ts';

/** The nodes by name and by address, kept current by an informer. A node's heartbeats change nothing here. */
export class InformedNodes implements NodeDirectory {
  readonly #byName = new Map<string, NodeFacts>();
  readonly #byAddress = new Map<string, NodeFacts>();

  constructor(informer: Informer<Node>) {
    informer.onChange({
      added: (node) => this.#put(node),
      updated: (node) => this.#put(node),
      deleted: (node) => this.#remove(node.metadata.name),
    });
  }

  byName(name: string): NodeFacts | undefined {
    return this.#byName.get(name);
  }

  byAddress(address: string): NodeFacts | undefined {
    return this.#byAddress.get(address);
  }

  /** In order of appearance. */
  all(): readonly NodeFacts[] {
    return [...this.#byName.values()];
  }

  #put(node: Node): void {
    const facts = nodeFacts(node);
    const known = this.#byName.get(facts.name);
    if (deepEqual(known, facts)) return;
    for (const address of known?.addresses ?? []) this.#byAddress.delete(address);
    this.#byName.set(facts.name, facts);
    for (const address of facts.addresses) this.#byAddress.set(address, facts);
  }

  #remove(name: string): void {
    for (const address of this.#byName.get(name)?.addresses ?? []) this.#byAddress.delete(address);
    this.#byName.delete(name);
  }
}

function nodeFacts(node: Node): NodeFacts {
  const addresses = node.status.addresses ?? [];
  const ofType = (type: string): string[] => addresses.flatMap((one) => (one.type === type ? [one.address] : []));
  return {
    name: node.metadata.name,
    zone: node.metadata.labels?.['topology.kubernetes.io/zone'],
    addresses: [...ofType('InternalIP'), ...ofType('ExternalIP')],
  };
}
