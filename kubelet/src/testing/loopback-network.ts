import type { BindOptions, Connection, ConnectOptions, ListenOptions, NetworkNamespace } from '@kubarium/shared';
import { NetError } from '@kubarium/shared';
import type { Duplex } from 'node:stream';
import { duplexPair } from 'node:stream';

/** One machine's loopback and nothing else, for tests of programs: any address is this machine. */
export function loopbackNetwork(address = '10.244.0.2'): NetworkNamespace {
  const listeners = new Map<number, (connection: Connection) => void>();
  const sockets = new Map<number, BindOptions>();
  let nextPort = 40_000;
  return {
    addresses: [address],
    listen({ port, address: at = '0.0.0.0' }: ListenOptions, onConnection) {
      const free = port === 0 ? nextPort++ : port;
      if (listeners.has(free)) throw new NetError('EADDRINUSE', 'listen', at, free);
      listeners.set(free, onConnection);
      return { address: at, port: free, [Symbol.dispose]: () => void listeners.delete(free) };
    },
    async connect({ address: to, port }: ConnectOptions) {
      const accept = listeners.get(port);
      if (accept === undefined) throw new NetError('ECONNREFUSED', 'connect', to, port);
      const [here, there] = duplexPair();
      const local = nextPort++;
      queueMicrotask(() => accept(connection(there, to, port, address, local)));
      return connection(here, address, local, to, port);
    },
    bind(options: BindOptions) {
      const port = options.port === 0 ? nextPort++ : options.port;
      if (sockets.has(port)) throw new NetError('EADDRINUSE', 'bind', '0.0.0.0', port);
      sockets.set(port, options);
      return {
        address,
        port,
        send(data, to) {
          queueMicrotask(() => {
            const target = sockets.get(to.port);
            if (target === undefined) options.onError?.(new NetError('ECONNREFUSED', 'recvmsg', to.address, to.port));
            else target.onDatagram({ data, from: { address, port } });
          });
        },
        [Symbol.dispose]: () => void sockets.delete(port),
      };
    },
    openPorts: () => [
      ...[...listeners.keys()].map((port) => ({ protocol: 'TCP' as const, address: '0.0.0.0', port })),
      ...[...sockets.keys()].map((port) => ({ protocol: 'UDP' as const, address: '0.0.0.0', port })),
    ],
  };
}

function connection(
  stream: Duplex,
  localAddress: string,
  localPort: number,
  remoteAddress: string,
  remotePort: number,
): Connection {
  const facts = { localAddress, localPort, remoteAddress, remotePort };
  const extras = {
    place: -1,
    reset: () => void stream.destroy(),
    setTimeout: () => result,
    setNoDelay: () => result,
    setKeepAlive: () => result,
    ref: () => result,
    unref: () => result,
  };
  const result: Connection = Object.assign(stream, facts, extras);
  return result;
}
