import type { Runtime, Service } from '@kubarium/shared';
import { internalError } from '@kubarium/shared';
import type { Allocation, FieldError } from '../strategy.ts';
import { invalid } from '../validation/field-error.ts';
import { ClusterIPAllocator } from './cluster-ip-allocator.ts';
import { allocatesNodePorts, isHeadless, needsClusterIP, needsHealthCheckNodePort, needsNodePort } from './needs.ts';
import { NodePortAllocator } from './node-port-allocator.ts';

export interface ServiceAllocatorOptions {
  /** IPv4 CIDR; 10.96.0.0/12 by default. ServiceCIDRs add to it. */
  readonly clusterIPRange?: string | undefined;
  /** 30000-32767 by default, both ends included. */
  readonly nodePortRange?: { readonly first: number; readonly last: number } | undefined;
}

/** What a Service holds of the cluster's pools. */
interface Holding {
  readonly clusterIPs: readonly string[];
  /** Node ports and the health check's. */
  readonly ports: readonly number[];
}

/** A change of holdings: made at once, undone by `revert`; what the Service no longer needs is given back by `commit` only. */
class Transaction implements Allocation {
  readonly #undo: (() => void)[] = [];
  readonly #finish: (() => void)[] = [];

  onRevert(undo: () => void): void {
    this.#undo.push(undo);
  }

  onCommit(finish: () => void): void {
    this.#finish.push(finish);
  }

  commit(): void {
    for (const finish of this.#finish.splice(0)) finish();
    this.#undo.length = 0;
  }

  revert(): void {
    for (const undo of this.#undo.splice(0).toReversed()) undo();
    this.#finish.length = 0;
  }
}

/** Thrown inside to undo the half that was taken. */
class Refused extends Error {
  readonly error: FieldError;

  constructor(error: FieldError) {
    super(error.message ?? '');
    this.error = error;
  }
}

/**
 * The pools of cluster IPs and node ports, taken from and given back as one. Lives as long as its API server; nothing is
 * stored: what is taken is read off the stored Services at start (`restore`).
 */
export class ServiceAllocator {
  readonly #clusterIPs: ClusterIPAllocator;
  readonly #nodePorts: NodePortAllocator;

  constructor({ random }: Runtime, { clusterIPRange, nodePortRange }: ServiceAllocatorOptions = {}) {
    const { first, last } = nodePortRange ?? { first: 30_000, last: 32_767 };
    this.#clusterIPs = new ClusterIPAllocator(random.fork('cluster-ips'));
    this.#clusterIPs.offer('', [clusterIPRange ?? '10.96.0.0/12']);
    this.#nodePorts = new NodePortAllocator(first, last, random.fork('node-ports'));
  }

  /** Has further ranges give cluster IPs, in place of those that their ServiceCIDR had before. */
  offerRange(serviceCidr: string, cidrs: readonly string[]): void {
    this.#clusterIPs.offer(serviceCidr, cidrs);
  }

  /** Takes what the draft needs beyond what `old` holds, and writes it into the draft. */
  allocate(draft: Service, old: Service | undefined): Allocation | FieldError[] {
    const transaction = new Transaction();
    const held = holding(old);
    try {
      this.#takeClusterIPs(draft, held, transaction);
      this.#takeNodePorts(draft, held, transaction);
      this.#takeHealthCheckPort(draft, held, transaction);
    } catch (error) {
      transaction.revert();
      if (error instanceof Refused) return [error.error];
      throw error;
    }
    const kept = holding(draft);
    transaction.onCommit(() =>
      this.#release({
        clusterIPs: held.clusterIPs.filter((ip) => !kept.clusterIPs.includes(ip)),
        ports: held.ports.filter((port) => !kept.ports.includes(port)),
      }),
    );
    return transaction;
  }

  /** Marks as taken what a stored Service holds. */
  restore(service: Service): void {
    const { clusterIPs, ports } = holding(service);
    for (const ip of clusterIPs) this.#clusterIPs.hold(ip);
    for (const port of ports) this.#nodePorts.allocate(port);
  }

  /** Gives back all that a Service held. */
  release(service: Service): void {
    this.#release(holding(service));
  }

  #release({ clusterIPs, ports }: Holding): void {
    for (const ip of clusterIPs) this.#clusterIPs.release(ip);
    for (const port of ports) this.#nodePorts.release(port);
  }

  #takeClusterIPs(draft: Service, held: Holding, transaction: Transaction): void {
    if (!needsClusterIP(draft) || isHeadless(draft)) return;
    const { spec } = draft;
    const wanted = spec.clusterIPs ?? [];
    const ips = (spec.ipFamilies ?? ['IPv4']).map((_, index) => {
      const asked = wanted[index] ?? '';
      if (asked !== '' && held.clusterIPs.includes(asked)) return asked;
      const ip = asked === '' ? this.#nextClusterIP() : this.#askedClusterIP(asked, wanted);
      transaction.onRevert(() => this.#clusterIPs.release(ip));
      return ip;
    });
    spec.clusterIPs = ips;
    spec.clusterIP = ips[0];
  }

  #nextClusterIP(): string {
    const ip = this.#clusterIPs.allocateNext();
    if (ip === undefined) throw internalError('failed to allocate a serviceIP: range is full');
    return ip;
  }

  #askedClusterIP(ip: string, wanted: readonly string[]): string {
    const refusal = this.#clusterIPs.allocate(ip);
    if (refusal === undefined) return ip;
    throw new Refused(invalid('spec.clusterIPs', wanted, `failed to allocate IP ${ip}: ${refusal}`));
  }

  #takeNodePorts(draft: Service, held: Holding, transaction: Transaction): void {
    if (!needsNodePort(draft)) return;
    const ports = draft.spec.ports ?? [];
    /** One port number under two protocols shares its node port. */
    const byPort = new Map<number, number>();
    const own = new Set<number>(held.ports);
    for (const [index, port] of ports.entries()) {
      if (!port.nodePort && !allocatesNodePorts(draft)) continue;
      const shared = byPort.get(port.port);
      const asked =
        port.nodePort || shared || ports.find((other) => other.port === port.port && other.nodePort)?.nodePort;
      const nodePort = asked ?? this.#nextNodePort();
      if (asked === undefined) transaction.onRevert(() => this.#nodePorts.release(nodePort));
      else if (shared !== nodePort && !own.has(nodePort)) {
        const refusal = this.#nodePorts.allocate(nodePort);
        if (refusal !== undefined) throw new Refused(invalid(`spec.ports[${index}].nodePort`, nodePort, refusal));
        transaction.onRevert(() => this.#nodePorts.release(nodePort));
      }
      port.nodePort = nodePort;
      byPort.set(port.port, nodePort);
    }
  }

  #nextNodePort(): number {
    const port = this.#nodePorts.allocateNext();
    if (port === undefined) throw internalError('failed to allocate a nodePort: range is full');
    return port;
  }

  #takeHealthCheckPort(draft: Service, held: Holding, transaction: Transaction): void {
    if (!needsHealthCheckNodePort(draft)) return;
    const asked = draft.spec.healthCheckNodePort;
    if (asked && held.ports.includes(asked)) return;
    const port = asked || this.#nodePorts.allocateNext();
    if (port === undefined) throw internalError('failed to allocate a HealthCheck NodePort 0: range is full');
    const refusal = asked ? this.#nodePorts.allocate(asked) : undefined;
    if (refusal !== undefined)
      throw internalError(`failed to allocate requested HealthCheck NodePort ${asked}: ${refusal}`);
    transaction.onRevert(() => this.#nodePorts.release(port));
    draft.spec.healthCheckNodePort = port;
  }
}

function holding(service: Service | undefined): Holding {
  if (service === undefined) return { clusterIPs: [], ports: [] };
  const { spec } = service;
  const clusterIPs = needsClusterIP(service) && !isHeadless(service) ? (spec.clusterIPs ?? []) : [];
  const ports = [...(spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0), spec.healthCheckNodePort ?? 0];
  return { clusterIPs, ports: [...new Set(ports.filter((port) => port !== 0))] };
}
