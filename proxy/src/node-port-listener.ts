import type { Component, Connection, DatagramSocket, NetworkNamespace, Runtime } from '@kubarium/shared';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { Proxy } from './proxy.ts';
import type { Route } from './routing-table.ts';

/** How long the way back to a UDP client is kept open. */
const UDP_IDLE_MS = 30_000;

export interface NodePortListenerOptions {
  readonly proxy: Proxy;
  /** The place on the pod network where outside traffic comes from; no node's own. */
  readonly network: NetworkNamespace;
  readonly runtime: Runtime;
  /** The machine's address to listen on; 127.0.0.1 by default. */
  readonly address?: string | undefined;
  /** Told when a port of the machine cannot be had: the Service (`namespace/name`) and a sentence for its user. */
  readonly onUnavailable?: ((service: string, message: string) => void) | undefined;
}

interface OpenPort {
  close(): Promise<void>;
}

/**
 * Node ports on real sockets of this machine: what connects to 127.0.0.1:NODEPORT reaches the Service, as it does at a node's
 * address. Only `kubarium up` runs it; an embedded cluster opens no sockets. A port that is taken is reported, and tried again when
 * Services change.
 */
export class NodePortListener implements Component {
  readonly name = 'node-ports';
  readonly #options: NodePortListenerOptions;
  readonly #address: string;
  readonly #open = new Map<string, Promise<OpenPort | undefined>>();
  readonly #closing = new Map<string, Promise<void>>();
  #stopped = false;

  constructor(options: NodePortListenerOptions) {
    this.#options = options;
    this.#address = options.address ?? '127.0.0.1';
  }

  async start(): Promise<void> {
    this.#options.proxy.onServices(() => this.#update());
    await Promise.all(this.#open.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#open.keys()].map((key) => this.#close(key)));
  }

  #update(): void {
    if (this.#stopped) return;
    const wanted = new Map<string, Route>();
    for (const route of this.#options.proxy.table.nodePortRoutes()) {
      wanted.set(`${route.port.protocol} ${route.port.nodePort}`, route);
    }
    for (const key of this.#open.keys()) if (!wanted.has(key)) void this.#close(key);
    for (const [key, route] of wanted) {
      if (this.#open.has(key)) continue;
      const { protocol, nodePort } = route.port;
      const free = this.#closing.get(key) ?? Promise.resolve();
      const opening = free.then(() => (protocol === 'TCP' ? this.#openTcp(nodePort) : this.#openUdp(nodePort)));
      this.#open.set(
        key,
        opening.catch((error: NodeJS.ErrnoException) => {
          this.#open.delete(key);
          this.#report(route, error);
          return undefined;
        }),
      );
    }
  }

  async #close(key: string): Promise<void> {
    const port = this.#open.get(key);
    this.#open.delete(key);
    const closing = Promise.resolve(port).then((open) => open?.close());
    this.#closing.set(key, closing);
    await closing;
    if (this.#closing.get(key) === closing) this.#closing.delete(key);
  }

  #report(route: Route, error: NodeJS.ErrnoException): void {
    const { service, nodePort, protocol } = route.port;
    const why = error.code === 'EADDRINUSE' ? 'another program has it' : error.message;
    const message = `node port ${nodePort}/${protocol} is not reachable at ${this.#address}:${nodePort}: ${why}`;
    this.#options.runtime.logger.warn({ service, nodePort, protocol, code: error.code }, message);
    this.#options.onUnavailable?.(service, message);
  }

  #target(protocol: 'TCP' | 'UDP', port: number): { address: string; port: number } | undefined {
    const route = this.#options.proxy.table.nodePortRoute(protocol, port);
    const address = route === undefined ? undefined : this.#options.proxy.nodeAddressFor(route);
    return address === undefined ? undefined : { address, port };
  }

  async #openTcp(port: number): Promise<OpenPort> {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
      const target = this.#target('TCP', port);
      if (target === undefined) return socket.resetAndDestroy();
      const gone = new AbortController();
      socket.on('close', () => gone.abort(new Error('the client went away')));
      this.#options.network.connect({ ...target, signal: gone.signal }).then(
        (connection) => join(socket, connection),
        () => socket.resetAndDestroy(),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, this.#address, () => resolve());
    });
    return {
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          for (const socket of sockets) socket.destroy();
        }),
    };
  }

  async #openUdp(port: number): Promise<OpenPort> {
    const socket = createSocket('udp4');
    const { clock } = this.#options.runtime;
    const clients = new Map<string, { inner: DatagramSocket; usedMs: number }>();
    const expire = (key: string, delayMs: number): void => {
      clock.setTimer(delayMs, () => {
        const client = clients.get(key);
        if (client === undefined) return;
        const leftMs = client.usedMs + UDP_IDLE_MS - clock.now();
        if (leftMs > 0) return expire(key, leftMs);
        client.inner[Symbol.dispose]();
        clients.delete(key);
      });
    };
    const clientOf = (from: RemoteInfo): DatagramSocket => {
      const key = `${from.address}:${from.port}`;
      let client = clients.get(key);
      if (client === undefined) {
        const inner = this.#options.network.bind({
          port: 0,
          onDatagram: ({ data }) => socket.send(data, from.port, from.address),
        });
        clients.set(key, (client = { inner, usedMs: 0 }));
        expire(key, UDP_IDLE_MS);
      }
      client.usedMs = clock.now();
      return client.inner;
    };
    socket.on('message', (data, from) => {
      const target = this.#target('UDP', port);
      if (target !== undefined) clientOf(from).send(data, target);
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).bind(port, this.#address, () => resolve());
    });
    socket.removeAllListeners('error').on('error', (error) => {
      this.#options.runtime.logger.warn({ port, err: error }, 'node port socket failed');
    });
    return {
      close: () =>
        new Promise((resolve) => {
          for (const { inner } of clients.values()) inner[Symbol.dispose]();
          clients.clear();
          socket.close(() => resolve());
        }),
    };
  }
}

/** Lets bytes flow both ways; a failure of one side breaks the other. */
function join(socket: Socket, connection: Connection): void {
  pipeline(socket, connection, (error) => void (error && connection.reset()));
  pipeline(connection, socket, (error) => void (error && !socket.destroyed && socket.resetAndDestroy()));
}
