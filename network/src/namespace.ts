import {
  isLoopback,
  isUnspecified,
  NetError,
  type Datagram,
  type OpenPort,
  type Random,
  type SandboxOwner,
} from '@kubarium/shared';
import type { PodConnection } from './connection.ts';
import { PortTable } from './port-table.ts';

/** A listening TCP socket. */
export interface ListeningSocket {
  accept(connection: PodConnection): void;
}

/** A bound UDP socket. */
export interface BoundSocket {
  receive(datagram: Datagram): void;
  fail(error: Error): void;
}

/** A network namespace: addresses and port tables. Shared by all that is attached to it (a node's host network). */
export class Namespace {
  readonly owner: SandboxOwner;
  readonly addresses: readonly string[];
  readonly tcp: PortTable<ListeningSocket>;
  readonly #random: Random;
  #udp: PortTable<BoundSocket> | undefined;

  constructor(owner: SandboxOwner, addresses: readonly string[], random: Random) {
    this.owner = owner;
    this.addresses = addresses;
    this.#random = random;
    this.tcp = new PortTable('tcp', addresses[0], random);
  }

  get udp(): PortTable<BoundSocket> {
    return (this.#udp ??= new PortTable('udp', this.addresses[0], this.#random));
  }

  /** Whether traffic to the address stays within the namespace. */
  owns(address: string): boolean {
    return isLoopback(address) || this.addresses.includes(address);
  }

  /** Throws EADDRNOTAVAIL where an address to bind is not one of the namespace's. */
  check(address: string, syscall: string, port: number): void {
    if (!isUnspecified(address) && !this.owns(address)) throw new NetError('EADDRNOTAVAIL', syscall, address, port);
  }

  /** The address that traffic to `destination` leaves from. */
  sourceFor(destination: string): string {
    if (isLoopback(destination)) return '127.0.0.1';
    return this.addresses.includes(destination) ? destination : (this.addresses[0] ?? '127.0.0.1');
  }

  openPorts(): readonly OpenPort[] {
    const ports: OpenPort[] = [];
    for (const { address, port } of this.tcp.bound()) ports.push({ protocol: 'TCP', address, port });
    for (const { address, port } of this.udp.bound()) ports.push({ protocol: 'UDP', address, port });
    return ports.sort((a, b) => (a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? -1 : 1));
  }
}

/** `pod default/web-1 on node-1`, `node node-1`: how hops name a place. */
export const ownerText = (owner: SandboxOwner): string =>
  owner.pod === undefined ? `node ${owner.node}` : `pod ${owner.pod.namespace}/${owner.pod.name} on ${owner.node}`;
