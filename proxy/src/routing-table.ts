import type { EndpointSlice, Protocol, Service } from '@kubarium/shared';
import type { Change } from './change-tracker.ts';
import { chooseEndpoints, type EndpointChoice, type Entrance, type ProxyNode } from './choose-endpoint.ts';
import { servicePorts, type ServicePort } from './service-ports.ts';
import { portKey, serviceOf, sliceEndpoints, type Endpoint, type SliceEndpoints } from './slice-endpoints.ts';

/** One port of a Service with its endpoints; asked by the path of each connection. */
export class Route {
  readonly port: ServicePort;
  readonly #slices: ReadonlyMap<string, SliceEndpoints>;
  #endpoints: readonly Endpoint[] | undefined;
  #serving: ReadonlySet<string> | undefined;
  #hasHints = false;
  /** Choices, made once for all nodes where neither policy nor hints tell them apart. */
  readonly #choices = new Map<string, EndpointChoice>();

  constructor(port: ServicePort, slices: ReadonlyMap<string, SliceEndpoints>) {
    this.port = port;
    this.#slices = slices;
  }

  /** `default/backend:http`; without the colon for an unnamed port. */
  get name(): string {
    return this.port.name === '' ? this.port.service : `${this.port.service}:${this.port.name}`;
  }

  /** All endpoints, whatever their condition; one that stands in two slices counts once. */
  get endpoints(): readonly Endpoint[] {
    if (this.#endpoints === undefined) {
      const key = portKey(this.port.protocol, this.port.name);
      const byKey = new Map<string, Endpoint>();
      // By name, so that what stands in two slices does not depend on which of them came first.
      for (const [, slice] of [...this.#slices].sort(([a], [b]) => (a < b ? -1 : 1))) {
        for (const endpoint of slice.get(key) ?? []) {
          // While an endpoint moves between slices, the better news counts.
          const other = byKey.get(endpoint.key);
          if (other === undefined || usefulness(endpoint) > usefulness(other)) byKey.set(endpoint.key, endpoint);
        }
      }
      this.#endpoints = [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
      this.#hasHints = this.#endpoints.some(
        ({ nodeHints, zoneHints }) => nodeHints !== undefined || zoneHints !== undefined,
      );
    }
    return this.#endpoints;
  }

  /**
   * Whether an open UDP flow to an address goes on: no longer than it serves, but where nobody does, there is nothing better to change to.
   * Neither policy nor readiness breaks what stands, as with TCP. Source: pkg/proxy/conntrack.
   */
  keepsFlowTo(address: string): boolean {
    this.#serving ??= new Set(this.endpoints.flatMap((one) => (one.serving ? [one.address] : [])));
    return this.#serving.size === 0 || this.#serving.has(address);
  }

  choose(node: ProxyNode, entrance: Entrance): EndpointChoice {
    const { endpoints } = this;
    const { internalLocal, externalLocal } = this.port;
    const isLocal = entrance === 'internal' ? internalLocal : entrance === 'external' && externalLocal;
    const key = isLocal || this.#hasHints ? `${entrance} ${node.name} ${node.zone ?? ''}` : 'anywhere';
    let choice = this.#choices.get(key);
    if (choice === undefined) {
      this.#choices.set(key, (choice = chooseEndpoints(this.port, endpoints, node, entrance)));
    }
    return choice;
  }

  /** To be called when the slices have changed. */
  refresh(): void {
    this.#endpoints = undefined;
    this.#serving = undefined;
    this.#choices.clear();
  }
}

/** Ready, then good as a fall-back, then not at all. */
const usefulness = ({ ready, serving, terminating }: Endpoint): number => (ready ? 2 : serving && terminating ? 1 : 0);

interface ServiceState {
  routes: readonly Route[];
  readonly slices: Map<string, SliceEndpoints>;
}

const addressKey = (protocol: Protocol, address: string, port: number): string => `${protocol} ${address} ${port}`;

/**
 * What every node's proxy knows: addresses and ports of Services, and the endpoints behind them. Changed by changes only: one
 * costs what the changed Service or slice holds, whatever the size of the rest. Endpoint lists are made when they are asked for.
 */
export class RoutingTable {
  readonly #services = new Map<string, ServiceState>();
  readonly #clusterAddresses = new Map<string, Route>();
  readonly #externalAddresses = new Map<string, Route>();
  readonly #nodePorts = new Map<string, Route>();
  readonly #healthCheckPorts = new Map<number, string>();
  readonly #owners = new Map<string, string>();

  applyServices(changes: readonly Change<Service>[]): void {
    // What goes makes room before what comes: a port may pass from one Service to another in one burst.
    for (const { key } of changes) this.#unlist(this.#services.get(key)?.routes ?? []);
    for (const { key, current } of changes) {
      const state = this.#state(key);
      state.routes = current === undefined ? [] : servicePorts(current).map((port) => new Route(port, state.slices));
      this.#list(state.routes);
      this.#tidy(key, state);
    }
  }

  applySlices(changes: readonly Change<EndpointSlice>[]): void {
    for (const { key, previous, current } of changes) {
      const before = previous === undefined ? undefined : serviceOf(previous);
      const after = current === undefined ? undefined : serviceOf(current);
      if (before !== undefined && before !== after) this.#setSlice(before, key, undefined);
      if (after !== undefined) this.#setSlice(after, key, sliceEndpoints(current!));
    }
  }

  /** The route of a cluster IP. */
  clusterRoute(protocol: Protocol, address: string, port: number): Route | undefined {
    return this.#clusterAddresses.get(addressKey(protocol, address, port));
  }

  /** The route of an external IP or a load balancer's address. */
  externalRoute(protocol: Protocol, address: string, port: number): Route | undefined {
    return this.#externalAddresses.get(addressKey(protocol, address, port));
  }

  nodePortRoute(protocol: Protocol, port: number): Route | undefined {
    return this.#nodePorts.get(`${protocol} ${port}`);
  }

  /** The routes of the Service that has a cluster IP, on whatever port. */
  routesAt(address: string): readonly Route[] {
    const owner = this.#owners.get(address);
    return owner === undefined ? [] : (this.#services.get(owner)?.routes ?? []);
  }

  routesOf(service: string): readonly Route[] {
    return this.#services.get(service)?.routes ?? [];
  }

  /** Every route with a node port, in no order. */
  *nodePortRoutes(): Iterable<Route> {
    yield* this.#nodePorts.values();
  }

  /** Every route with a load balancer's address, once for each such address, in no order. */
  *loadBalancerRoutes(): Iterable<Route> {
    for (const route of this.#externalAddresses.values()) {
      if (route.port.loadBalancerAddresses.length > 0) yield route;
    }
  }

  /** The Services (`namespace/name`) by the node port at which each node tells whether it has endpoints of theirs. */
  get healthCheckPorts(): ReadonlyMap<number, string> {
    return this.#healthCheckPorts;
  }

  #state(service: string): ServiceState {
    let state = this.#services.get(service);
    if (state === undefined) this.#services.set(service, (state = { routes: [], slices: new Map() }));
    return state;
  }

  #setSlice(service: string, key: string, endpoints: SliceEndpoints | undefined): void {
    const state = this.#state(service);
    if (endpoints === undefined) state.slices.delete(key);
    else state.slices.set(key, endpoints);
    for (const route of state.routes) route.refresh();
    this.#tidy(service, state);
  }

  #tidy(service: string, state: ServiceState): void {
    if (state.routes.length === 0 && state.slices.size === 0) this.#services.delete(service);
  }

  #list(routes: readonly Route[]): void {
    for (const route of routes) {
      const { protocol, port, nodePort, healthCheckNodePort, clusterIPs, externalAddresses, service } = route.port;
      for (const address of clusterIPs) {
        this.#clusterAddresses.set(addressKey(protocol, address, port), route);
        this.#owners.set(address, service);
      }
      for (const address of externalAddresses) this.#externalAddresses.set(addressKey(protocol, address, port), route);
      if (nodePort !== 0) this.#nodePorts.set(`${protocol} ${nodePort}`, route);
      if (healthCheckNodePort !== 0) this.#healthCheckPorts.set(healthCheckNodePort, service);
    }
  }

  #unlist(routes: readonly Route[]): void {
    const remove = (from: Map<string, Route>, key: string, route: Route): void => {
      if (from.get(key) === route) from.delete(key);
    };
    for (const route of routes) {
      const { protocol, port, nodePort, healthCheckNodePort, clusterIPs, externalAddresses, service } = route.port;
      for (const address of clusterIPs) {
        remove(this.#clusterAddresses, addressKey(protocol, address, port), route);
        if (this.#owners.get(address) === service) this.#owners.delete(address);
      }
      for (const address of externalAddresses) {
        remove(this.#externalAddresses, addressKey(protocol, address, port), route);
      }
      if (nodePort !== 0) remove(this.#nodePorts, `${protocol} ${nodePort}`, route);
      if (this.#healthCheckPorts.get(healthCheckNodePort) === service)
        this.#healthCheckPorts.delete(healthCheckNodePort);
    }
  }
}
