import { InformerFactory, KubeClient, realClock, seededRandom, silentLogger, type ApiObject } from '@kubarium/shared';
import { ScriptedTransport } from '@kubarium/shared/testing';
import { decode, encode, type Packet } from 'dns-packet';
import { createSocket, type Socket } from 'node:dgram';
import { afterEach, expect, it } from 'vitest';
import { ClusterDns } from './cluster-dns.ts';
import { udpUpstream } from './upstream.ts';

const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

/** A DNS server of the real network that knows one address, after a forged answer with another id. */
async function server(asked: string[]): Promise<number> {
  const socket = createSocket('udp4', (message, from) => {
    const query = decode(message);
    const { name } = query.questions![0]!;
    asked.push(name);
    const answer = (id: number, data: string): Buffer =>
      encode({ ...query, id, type: 'response', answers: [{ type: 'A', name, ttl: 60, data }] } as Packet);
    socket.send(answer((query.id! + 1) & 0xffff, '203.0.113.66'), from.port);
    socket.send(answer(query.id!, '192.0.2.80'), from.port);
  });
  open.push(socket);
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
  return socket.address().port;
}

async function dnsWith(port: number): Promise<ClusterDns> {
  const transport = new ScriptedTransport();
  const runtime = { clock: realClock, random: seededRandom(1), logger: silentLogger };
  const informers = new InformerFactory(new KubeClient(transport), runtime);
  const dns = new ClusterDns({ informers, runtime, upstream: udpUpstream({ address: '127.0.0.1', port }, runtime) });
  const started = dns.start();
  await new Promise((resolve) => setImmediate(resolve));
  const end = { metadata: { resourceVersion: '1', annotations: { 'k8s.io/initial-events-end': 'true' } } };
  for (const watch of transport.watches) watch.send('BOOKMARK', end as unknown as ApiObject);
  await started;
  return dns;
}

const ask = (dns: ClusterDns, name: string, type: 'A' | 'PTR' | 'AXFR' = 'A') =>
  dns.answerMessage(encode({ type: 'query', id: 4711, flags: 256, questions: [{ type, name }] } as Packet), 'udp');

it('asks for names outside the cluster, and believes only the answer to its own question', async () => {
  const asked: string[] = [];
  const dns = await dnsWith(await server(asked));
  const response = decode(Buffer.from((await ask(dns, 'www.example.com'))!));
  expect(response).toMatchObject({ id: 4711, answers: [{ name: 'www.example.com', data: '192.0.2.80' }] });
  await ask(dns, '9.2.0.192.in-addr.arpa', 'PTR');
  expect(asked).toEqual(['www.example.com', '9.2.0.192.in-addr.arpa']);
});

it('keeps names of the cluster, and transfers, to itself and answers them at once', async () => {
  const asked: string[] = [];
  const dns = await dnsWith(await server(asked));
  for (const [name, type, rcode] of [
    ['nobody.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['example.com', 'AXFR', 'REFUSED'],
  ] as const) {
    const response = ask(dns, name, type);
    expect(response).toBeInstanceOf(Uint8Array);
    expect(decode(Buffer.from(response as Uint8Array))).toMatchObject({ rcode });
  }
  expect(asked).toEqual([]);
});

it('says SERVFAIL where the other server does not answer', async () => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  const dns = await dnsWith(port);
  expect(decode(Buffer.from((await ask(dns, 'www.example.com'))!))).toMatchObject({ id: 4711, rcode: 'SERVFAIL' });
});
