import { VirtualClock, type Connection, type Hop, type NetworkNamespace } from '@kubarium/shared';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { packetPathFixture, resolve } from './testing/packet-path-fixture.ts';

const NAME = 'backend.default.svc.cluster.local';
const BACKENDS = ['10.244.1.2', '10.244.2.2', '10.244.2.3'];
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Three web servers that answer with their address, the Service before them, and a client pod. */
async function fixture(backends = BACKENDS) {
  const clock = new VirtualClock();
  const base = await packetPathFixture(clock, backends);
  stops.push(base.stop);
  const servers = new Map(backends.map((address) => [address, base.attach(address)]));
  for (const [address, { network }] of servers) {
    const web = createServer((incoming, response) => response.end(`${address} saw ${incoming.socket.remoteAddress}`));
    network.listen({ port: 8080 }, (connection) => web.emit('connection', connection));
  }
  return { ...base, clock, servers, client: base.attach('10.244.1.9').network };
}

const get = (from: NetworkNamespace, address: string, port: number): Promise<string> =>
  new Promise((done, fail) => {
    const connect = (ready: (error: Error | null, connection: Connection) => void): void =>
      void from.connect({ address, port }).then((connection) => ready(null, connection), fail);
    request({ host: address, createConnection: (_, ready) => (connect(ready), undefined as never) }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk)).on('end', () => done(body));
    })
      .on('error', fail)
      .end();
  });

it('leads a name over DNS and virtual IP to every endpoint, source kept, no time passing', async () => {
  const { client, clock } = await fixture();
  const before = clock.now();
  const seen = new Set<string>();
  for (let i = 0; i < 60; i++) seen.add(await get(client, await resolve(client, NAME), 80));
  expect([...seen].sort((a, b) => (a < b ? -1 : 1))).toEqual(BACKENDS.map((address) => `${address} saw 10.244.1.9`));
  expect(clock.now()).toBe(before);
});

it('lets a pod reach itself through its Service, masqueraded as its node', async () => {
  const { servers } = await fixture(['10.244.2.2']);
  const self = servers.get('10.244.2.2')!.network;
  await expect(get(self, '10.96.1.1', 80)).resolves.toBe('10.244.2.2 saw 172.18.0.2');
});

it('keeps the Service answering while its pods are replaced', async () => {
  const { client, servers, setBackends } = await fixture();
  servers.get('10.244.1.2')![Symbol.dispose]();
  setBackends(['10.244.2.2', '10.244.2.3']);
  await new Promise((turn) => setImmediate(turn));
  for (let i = 0; i < 30; i++) await expect(get(client, '10.96.1.1', 80)).resolves.toMatch(/^10\.244\.2/);
  setBackends([]);
  await new Promise((turn) => setImmediate(turn));
  await expect(get(client, '10.96.1.1', 80)).rejects.toMatchObject({ code: 'ECONNREFUSED', address: '10.96.1.1' });
});

it('leaves an open connection alone whatever becomes of its Service, until its pod is gone', async () => {
  const { client, servers, setBackends } = await fixture(['10.244.2.2']);
  const { network } = servers.get('10.244.2.2')!;
  network.listen({ port: 9090 }, (connection) => void connection.pipe(connection));
  setBackends(['10.244.2.2'], 9090);
  await new Promise((turn) => setImmediate(turn));
  const connection = await client.connect({ address: '10.96.1.1', port: 80 });
  setBackends([]);
  await new Promise((turn) => setImmediate(turn));
  connection.write('still here');
  await expect(once(connection, 'data').then(String)).resolves.toBe('still here');
  await expect(client.connect({ address: '10.96.1.1', port: 80 })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  servers.get('10.244.2.2')![Symbol.dispose]();
  await expect(once(connection, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' });
});

it('tells each hop of a connection and of a datagram when traced', async () => {
  const { client } = await fixture(['10.244.2.2']);
  const hops: Hop[] = [];
  const trace = { hop: (hop: Hop) => void hops.push(hop) };
  await client.connect({ address: await resolve(client, NAME, trace), port: 80, trace });
  expect(hops.map(({ stage, asked, verdict, ok }) => `${stage}: ${asked}: ${verdict} ${ok}`)).toEqual([
    'service: UDP 10.96.0.10:53: 10.244.1.53:53 true',
    'datagram: UDP 10.96.0.10:53: delivered true',
    'service: TCP 10.96.1.1:80: 10.244.2.2:8080 true',
    'connect: 10.96.1.1:80: connected true',
  ]);
});

it('is quiet once everything has arrived', async () => {
  const { client, activity, network } = await fixture();
  const answer = get(client, '10.96.1.1', 80);
  expect(activity.idle).toBe(false);
  await answer;
  await new Promise((turn) => setImmediate(turn));
  await new Promise((turn) => setImmediate(turn));
  expect([activity.idle, network.inFlight]).toEqual([true, 0]);
});

it('makes the same choices from the same seed', async () => {
  const run = async (): Promise<string[]> => {
    const { client } = await fixture();
    const answers: string[] = [];
    for (let i = 0; i < 20; i++) answers.push(await get(client, '10.96.1.1', 80));
    return answers;
  };
  expect(await run()).toEqual(await run());
});
