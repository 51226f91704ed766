import type { Attachment, Component, Logger, NetworkNamespace } from '@kubarium/shared';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Proxy } from './proxy.ts';
import type { Endpoint } from './slice-endpoints.ts';

export interface HealthCheckServerOptions {
  readonly proxy: Proxy;
  readonly logger: Logger;
  /** The nodes whose kube-proxy this is, and how to get at their host networks. */
  readonly nodes: readonly { readonly name: string; attach(): Attachment }[];
}

/**
 * `healthCheckNodePort`: at that port, each node tells load balancers whether it has ready endpoints of a Service with
 * `externalTrafficPolicy: Local`: 200 with their number, or 503. Source: pkg/proxy/healthcheck.
 */
export class HealthCheckServer implements Component {
  readonly name = 'health-check-node-ports';
  readonly #proxy: Proxy;
  readonly #logger: Logger;
  readonly #nodes: HealthCheckServerOptions['nodes'];
  /** By port; what is open at all nodes for it. */
  readonly #open = new Map<number, DisposableStack>();
  #stopped = false;

  constructor({ proxy, logger, nodes }: HealthCheckServerOptions) {
    this.#proxy = proxy;
    this.#logger = logger;
    this.#nodes = nodes;
  }

  start(): Promise<void> {
    this.#proxy.onServices(() => this.#update());
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    for (const port of this.#open.keys()) this.#close(port);
    return Promise.resolve();
  }

  #update(): void {
    if (this.#stopped) return;
    const wanted = this.#proxy.table.healthCheckPorts;
    for (const port of this.#open.keys()) if (!wanted.has(port)) this.#close(port);
    for (const port of wanted.keys()) {
      if (this.#open.has(port)) continue;
      const parts = new DisposableStack();
      for (const node of this.#nodes) this.#listen(parts.use(node.attach()).network, node.name, port, parts);
      this.#open.set(port, parts);
    }
  }

  #listen(network: NetworkNamespace, node: string, port: number, parts: DisposableStack): void {
    // The port may pass to another Service: whose it is, is asked at each request.
    const server: Server = createServer((_, response) => this.#answer(response, node, port));
    try {
      parts.use(network.listen({ port }, (connection) => server.emit('connection', connection)));
    } catch (error) {
      // A pod in the host network has the port: as with kube-proxy, the Service works, and load balancers see no endpoints here.
      this.#logger.warn({ node, port, err: error }, 'healthCheckNodePort cannot be opened');
    }
  }

  #close(port: number): void {
    this.#open.get(port)?.dispose();
    this.#open.delete(port);
  }

  #answer(response: ServerResponse, node: string, port: number): void {
    const [namespace, name] = (this.#proxy.table.healthCheckPorts.get(port) ?? '').split('/');
    const endpoints = this.#proxy.table.routesOf(`${namespace}/${name}`).flatMap((route) => route.endpoints);
    const isOwn = (endpoint: Endpoint): boolean => endpoint.ready && endpoint.node === node;
    const localEndpoints = new Set(endpoints.filter(isOwn).map(({ address }) => address)).size;
    response.writeHead(localEndpoints > 0 ? 200 : 503, {
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'x-load-balancing-endpoint-weight': `${localEndpoints}`,
    });
    const body = { service: { namespace, name }, localEndpoints, serviceProxyHealthy: true };
    response.end(JSON.stringify(body, undefined, '\t'));
  }
}
