import {
  seededRandom,
  silentLogger,
  VirtualClock,
  type Connection,
  type NetworkNamespace,
  type Runtime,
  type Service,
} from '@kubarium/shared';
import { createSocket } from 'node:dgram';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { ServiceListener } from './service-listener.ts';
import type { Proxy } from './proxy.ts';
import { makeEndpoint, makeService, makeSlice, proxyFixture } from './testing/proxy-fixture.ts';

const closing: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one[Symbol.asyncDispose]();
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A pod network of one echo server, seen from outside. */
const echoNetwork = (asked: string[]): NetworkNamespace => ({
  addresses: ['172.18.0.254'],
  openPorts: () => [],
  listen: () => {
    throw new Error('nobody listens outside');
  },
  connect: ({ address, port, localAddress }) => {
    asked.push(`TCP ${address}:${port} from ${localAddress}`);
    const echo = new Duplex({
      read() {},
      write(chunk: Buffer, _, done) {
        echo.push(chunk);
        done();
      },
      final(done) {
        echo.push(null);
        done();
      },
    });
    return Promise.resolve(echo as Connection);
  },
  bind: ({ onDatagram, address = '0.0.0.0' }) => ({
    address,
    port: 1,
    send(data, to) {
      asked.push(`UDP ${to.address}:${to.port} from ${address}`);
      onDatagram({ data, from: to });
    },
    [Symbol.dispose]() {},
  }),
});

const nodePortService = (nodePort: number): Service =>
  makeService('web', {
    type: 'NodePort',
    clusterIP: '10.96.1.1',
    ports: [
      { name: 'tcp', port: 80, nodePort },
      { name: 'udp', port: 80, nodePort, protocol: 'UDP' },
    ],
  });

async function listening(service: Service) {
  const { table, removeService } = proxyFixture([service], [makeSlice('web', [makeEndpoint('10.244.1.2')])]);
  const runtime: Runtime = { clock: new VirtualClock(), random: seededRandom(1), logger: silentLogger };
  let changed = (): void => {};
  const proxy = {
    table,
    nodeAddressFor: () => '172.18.0.1',
    onServices: (callback: () => void) => {
      changed = callback;
      callback();
    },
  } as unknown as Proxy;
  const asked: string[] = [];
  const problems: string[] = [];
  const listener = new ServiceListener({
    proxy,
    network: echoNetwork(asked),
    runtime,
    onUnavailable: ({ service: of, message }) => problems.push(`${of}: ${message}`),
  });
  closing.push(listener);
  await listener.start();
  return { asked, problems, change: () => changed(), remove: () => (removeService(service), changed()) };
}

const answer = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    socket
      .on('data', (chunk) => (text += chunk.toString()))
      .on('end', () => resolve(text))
      .on('error', reject);
  });

it('brings bytes of real sockets to a node and back, and closes with the Service', async () => {
  const port = await freePort();
  const { asked, remove } = await listening(nodePortService(port));
  const socket = connect(port, '127.0.0.1');
  socket.end('hello');
  await expect(answer(socket)).resolves.toBe('hello');
  const udp = createSocket('udp4');
  const reply = new Promise((resolve) => udp.once('message', (data) => resolve(data.toString())));
  udp.send('ping', port, '127.0.0.1');
  await expect(reply).resolves.toBe('ping');
  udp.close();
  expect(asked).toEqual(['TCP', 'UDP'].map((protocol) => `${protocol} 172.18.0.1:${port} from 172.18.0.254`));
  remove();
  const closed = async (): Promise<unknown> => {
    for (;;) {
      const code = await answer(connect(port, '127.0.0.1').end()).catch((error: NodeJS.ErrnoException) => error.code);
      if (code === 'ECONNREFUSED') return code;
    }
  };
  await expect(closed()).resolves.toBe('ECONNREFUSED');
});

it('answers at the loopback address of a load balancer, and opens no other address', async () => {
  const port = await freePort();
  const service = makeService(
    'web',
    { type: 'LoadBalancer', clusterIP: '10.96.1.1', ports: [{ port }] },
    { loadBalancer: { ingress: [{ ip: '127.9.9.9' }, { ip: '0.0.0.0' }, { ip: '192.0.2.1' }] } },
  );
  const { asked, problems } = await listening(service);
  const socket = connect(port, '127.9.9.9');
  socket.end('hello');
  await expect(answer(socket)).resolves.toBe('hello');
  expect(asked).toEqual([`TCP 127.9.9.9:${port} from 172.18.0.254`]);
  expect(problems).toEqual([]);
  const elsewhere = answer(connect(port, '127.0.0.1').end());
  await expect(elsewhere).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('says which port it could not have', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const { problems, change } = await listening(nodePortService(port));
  // Tried again at every change, told once.
  change();
  await new Promise((resolve) => setImmediate(resolve));
  expect(problems).toEqual([
    `default/web: node port ${port}/TCP is not reachable at 127.0.0.1:${port}: another program has it`,
  ]);
  await new Promise((resolve) => other.close(resolve));
});
