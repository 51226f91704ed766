import {
  isLoopback,
  socketAddressText,
  type Component,
  type Connection,
  type DatagramSocket,
  type NetworkNamespace,
  type Protocol,
  type Runtime,
  type SocketAddress,
} from '@kubarium/shared';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { Proxy } from './proxy.ts';

/** How long the way back to a UDP client is kept open. */
const UDP_IDLE_MS = 30_000;

export interface ServiceListenerOptions {
  readonly proxy: Proxy;
  /** The place on the pod network where outside traffic comes from; no node's own. */
  readonly network: NetworkNamespace;
  readonly runtime: Runtime;
  /** The machine's address where node ports answer; 127.0.0.1 by default. */
  readonly address?: string | undefined;
  /** Told when a port of the machine cannot be had. */
  readonly onUnavailable?: ((unavailable: UnavailablePort) => void) | undefined;
}

/** A port of the machine that could not be had. */
export interface UnavailablePort {
  readonly kind: 'node port' | 'load balancer';
  /** `namespace/name`. */
  readonly service: string;
  /** A sentence for the Service's user: what does not answer, why, and what helps. */
  readonly message: string;
}

/** A real socket that there should be. */
interface WantedPort extends SocketAddress {
  readonly kind: UnavailablePort['kind'];
  readonly service: string;
  readonly protocol: Protocol;
  /** Where its traffic goes in the cluster; undefined while there is no such place. */
  target(): SocketAddress | undefined;
}

interface OpenPort {
  close(): Promise<void>;
}

/**
 * Services on real sockets of this machine: node ports at 127.0.0.1, and load balancer addresses of 127.0.0.0/8. What connects there
 * comes into the cluster from outside, at a node's address or the load balancer's. Only `kubarium up` runs it; an embedded cluster
 * opens no sockets. No other addresses than loopback ones are opened for load balancers. A port that is taken is reported, and tried
 * again when Services change.
 */
export class ServiceListener implements Component {
  readonly name = 'service-listener';
  readonly #options: ServiceListenerOptions;
  /** The target by `TCP 127.0.0.1:30080`, as the Services have it now. */
  #wanted: ReadonlyMap<string, WantedPort> = new Map();
  readonly #open = new Map<string, Promise<OpenPort | undefined>>();
  readonly #closing = new Map<string, Promise<void>>();
  /** What was reported and is still so. */
  readonly #reported = new Map<string, string>();
  #stopped = false;

  constructor(options: ServiceListenerOptions) {
    this.#options = options;
  }

  /** Resolves once the ports of the Services that exist are open, or reported. */
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
    this.#wanted = new Map([...this.#wantedPorts()].map((port) => [keyOf(port), port]));
    for (const key of this.#open.keys()) if (!this.#wanted.has(key)) void this.#close(key);
    for (const key of this.#reported.keys()) if (!this.#wanted.has(key)) this.#reported.delete(key);
    for (const [key, wanted] of this.#wanted) {
      if (this.#open.has(key)) continue;
      const free = this.#closing.get(key) ?? Promise.resolve();
      const opening = free.then(() =>
        wanted.protocol === 'TCP' ? this.#openTcp(key, wanted) : this.#openUdp(key, wanted),
      );
      this.#open.set(
        key,
        opening.then(
          (open) => {
            this.#reported.delete(key);
            return open;
          },
          (error: NodeJS.ErrnoException) => {
            this.#open.delete(key);
            this.#report(key, wanted, error);
            return undefined;
          },
        ),
      );
    }
  }

  /** Also to a load balancer's loopback address the outside comes from outside. */
  get #source(): { readonly localAddress: string | undefined } {
    return { localAddress: this.#options.network.addresses[0] };
  }

  *#wantedPorts(): Iterable<WantedPort> {
    const { proxy, address = '127.0.0.1' } = this.#options;
    for (const route of proxy.table.nodePortRoutes()) {
      const { service, protocol, nodePort } = route.port;
      const target = (): SocketAddress | undefined => {
        const node = proxy.nodeAddressFor(route);
        return node === undefined ? undefined : { address: node, port: nodePort };
      };
      yield { kind: 'node port', service, protocol, address, port: nodePort, target };
    }
    for (const { port: of } of proxy.table.loadBalancerRoutes()) {
      for (const balancer of of.loadBalancerAddresses) {
        if (!isLoopback(balancer)) continue;
        const target = { address: balancer, port: of.port };
        yield { kind: 'load balancer', service: of.service, protocol: of.protocol, ...target, target: () => target };
      }
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

  /** Once for each port and cause: it is tried again at every change of any Service. */
  #report(key: string, { kind, service, protocol, ...at }: WantedPort, error: NodeJS.ErrnoException): void {
    const cause = error.code ?? error.message;
    if (this.#reported.get(key) === cause) return;
    this.#reported.set(key, cause);
    const what =
      kind === 'node port' ? `node port ${at.port}/${protocol}` : `load balancer port ${at.port}/${protocol}`;
    const message = `${what} is not reachable at ${socketAddressText(at)}: ${causeText(error, at)}`;
    this.#options.runtime.logger.warn({ service, ...at, protocol, code: error.code }, message);
    this.#options.onUnavailable?.({ kind, service, message });
  }

  async #openTcp(key: string, at: SocketAddress): Promise<OpenPort> {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
      const target = this.#wanted.get(key)?.target();
      if (target === undefined) return socket.resetAndDestroy();
      const gone = new AbortController();
      socket.on('close', () => gone.abort(new Error('the client went away')));
      this.#options.network.connect({ ...target, ...this.#source, signal: gone.signal }).then(
        (connection) => join(socket, connection),
        () => socket.resetAndDestroy(),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(at.port, at.address, () => resolve());
    });
    return {
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          for (const socket of sockets) socket.destroy();
        }),
    };
  }

  async #openUdp(key: string, at: SocketAddress): Promise<OpenPort> {
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
          address: this.#source.localAddress,
          onDatagram: ({ data }) => socket.send(data, from.port, from.address),
        });
        clients.set(key, (client = { inner, usedMs: 0 }));
        expire(key, UDP_IDLE_MS);
      }
      client.usedMs = clock.now();
      return client.inner;
    };
    socket.on('message', (data, from) => {
      const target = this.#wanted.get(key)?.target();
      if (target !== undefined) clientOf(from).send(data, target);
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).bind(at.port, at.address, () => resolve());
    });
    socket.removeAllListeners('error').on('error', (error) => {
      this.#options.runtime.logger.warn({ ...at, err: error }, 'socket of a Service failed');
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

const keyOf = ({ protocol, ...at }: WantedPort): string => `${protocol} ${socketAddressText(at)}`;

function causeText({ code, message }: NodeJS.ErrnoException, { address, port }: SocketAddress): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program has it';
    case 'EACCES':
      return (
        `ports below 1024 are kept for the administrator; use a port above 1023 in the Service` +
        ` (on Linux, sysctl net.ipv4.ip_unprivileged_port_start=${port} lifts it)`
      );
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${address}; on macOS, sudo ifconfig lo0 alias ${address} adds it`;
    default:
      return message;
  }
}

/** Lets bytes flow both ways; a failure of one side breaks the other. */
function join(socket: Socket, connection: Connection): void {
  pipeline(socket, connection, (error) => void (error && connection.reset()));
  pipeline(connection, socket, (error) => void (error && !socket.destroyed && socket.resetAndDestroy()));
}
