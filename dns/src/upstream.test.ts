import { realClock } from '@kubarium/shared';
import { decode, encode, streamEncode, type Answer, type DecodedPacket, type Packet } from 'dns-packet';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterDns } from './cluster-dns.ts';
import { dnsOf, namespace, service } from './testing/dns-of.ts';
import { zoneFileLines } from './testing/zone-file.ts';
import { forwardTo } from './upstream.ts';

const TRUNCATED = 0x0200;
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const addresses = (name: string, count: number): Answer[] =>
  Array.from({ length: count }, (_, i) => ({ type: 'A', name, ttl: 60, data: `192.0.2.${80 + i}` }));

/** What the server of the real network knows. */
const ZONE: Readonly<Record<string, Answer[]>> = {
  'www.example.com': addresses('www.example.com', 1),
  '9.2.0.192.in-addr.arpa': [{ type: 'PTR', name: '9.2.0.192.in-addr.arpa', ttl: 60, data: 'nine.example.com' }],
  'big.example.com': addresses('big.example.com', 60),
  'shop.example.com': [
    { type: 'CNAME', name: 'shop.example.com', ttl: 60, data: 'www.example.com' },
    { type: 'TXT', name: 'www.example.com', ttl: 60, data: 'not asked for' },
    ...addresses('www.example.com', 1),
  ],
};

interface RealServer {
  readonly port: number;
  /** `udp www.example.com A`, in order. */
  readonly asked: string[];
}

/** A DNS server of the real network. Over UDP a forged answer with another id comes before each true one, and 20 records fit. */
/** Opens both at one port that is free for both. */
async function samePort(tcp: Server, udp: Socket): Promise<number> {
  for (;;) {
    await once(tcp.listen(0, '127.0.0.1'), 'listening');
    const { port } = tcp.address() as AddressInfo;
    try {
      await once(udp.bind(port, '127.0.0.1'), 'listening');
      return port;
    } catch {
      // Somebody else has it for UDP.
      await once(tcp.close(), 'close');
    }
  }
}

async function realServer(): Promise<RealServer> {
  const asked: string[] = [];
  const answer = (message: Buffer, transport: 'udp' | 'tcp', changedId = 0): Packet => {
    const { id = 0, questions = [] } = decode(message);
    const { name, type } = questions[0]!;
    if (changedId === 0) asked.push(`${transport} ${name} ${type}`);
    const known = changedId === 0 ? ZONE[name] : addresses(name, 1);
    const flags = transport === 'udp' && known !== undefined && known.length > 20 ? TRUNCATED : 0;
    return {
      type: 'response',
      id: id ^ changedId,
      flags: known === undefined ? 3 : flags,
      questions,
      answers: known?.slice(0, flags ? 20 : 100),
    };
  };
  const udp = createSocket('udp4', (message, { port }) => {
    for (const changedId of [1, 0]) udp.send(encode(answer(message, 'udp', changedId)), port);
  });
  const tcp = createServer((socket) => {
    socket.on('error', () => {}).once('data', (chunk) => socket.end(streamEncode(answer(chunk.subarray(2), 'tcp'))));
  });
  const port = await samePort(tcp, udp);
  open.push(
    () => udp.close(),
    () => tcp.close(),
  );
  return { port, asked };
}

const external = (name: string, externalName: string) => service(name, { type: 'ExternalName', externalName });

async function dnsWith(port: number): Promise<ClusterDns> {
  const world = {
    namespaces: [namespace('default')],
    services: [
      external('shop', 'shop.example.com'),
      external('shop2', 'shop.default.svc.cluster.local'),
      external('big', 'big.example.com'),
      external('gone', 'gone.example.com'),
    ],
  };
  const upstream = (runtime: Parameters<typeof forwardTo>[1]) => forwardTo({ address: '127.0.0.1', port }, runtime);
  return (await dnsOf(world, { clock: realClock, upstream })).dns;
}

type Response = DecodedPacket & { rcode: string };

async function ask(dns: ClusterDns, question: string, transport: 'udp' | 'tcp' = 'udp'): Promise<Response> {
  const [name = '', type = 'A'] = question.split(' ');
  const query = encode({ type: 'query', id: 4711, flags: 256, questions: [{ type: type as 'A', name }] });
  return decode(Buffer.from((await dns.answerMessage(query, transport))!)) as Response;
}

describe('with an upstream server', () => {
  it('asks it for names outside the cluster, and believes only the answer to its own question', async () => {
    const { port, asked } = await realServer();
    const dns = await dnsWith(port);
    expect(await ask(dns, 'www.example.com')).toMatchObject({
      id: 4711,
      answers: [{ name: 'www.example.com', data: '192.0.2.80' }],
    });
    expect((await ask(dns, '9.2.0.192.in-addr.arpa PTR')).answers).toMatchObject([{ data: 'nine.example.com' }]);
    expect(asked).toEqual(['udp www.example.com A', 'udp 9.2.0.192.in-addr.arpa PTR']);
  });

  it('hands on an answer that was cut, and asks over TCP for whoever comes back over TCP', async () => {
    const { port, asked } = await realServer();
    const dns = await dnsWith(port);
    const cut = await ask(dns, 'big.example.com');
    expect([cut.flag_tc, cut.answers?.length]).toEqual([true, 20]);
    const whole = await ask(dns, 'big.example.com', 'tcp');
    expect([whole.id, whole.flag_tc, whole.answers?.length]).toEqual([4711, false, 60]);
    expect(asked).toEqual(['udp big.example.com A', 'tcp big.example.com A']);
  });

  it('follows an ExternalName Service to its addresses', async () => {
    const { port, asked } = await realServer();
    const dns = await dnsWith(port);
    const { answers = [], rcode, flag_aa: isAuthoritative } = await ask(dns, 'shop2.default.svc.cluster.local');
    expect([rcode, isAuthoritative]).toEqual(['NOERROR', true]);
    expect(zoneFileLines(answers)).toEqual([
      'shop.default.svc.cluster.local. 30 IN CNAME shop.example.com.',
      'shop.example.com. 60 IN CNAME www.example.com.',
      'shop2.default.svc.cluster.local. 30 IN CNAME shop.default.svc.cluster.local.',
      'www.example.com. 60 IN A 192.0.2.80',
    ]);
    await ask(dns, 'shop.default.svc.cluster.local CNAME');
    expect(asked).toEqual(['udp shop.example.com A']);
  });

  it('follows it over TCP where the answer is cut', async () => {
    const { port, asked } = await realServer();
    const dns = await dnsWith(port);
    expect((await ask(dns, 'big.default.svc.cluster.local', 'tcp')).answers).toHaveLength(61);
    expect(asked).toEqual(['udp big.example.com A', 'tcp big.example.com A']);
  });

  it('tells the alias alone where that has no address', async () => {
    const { port } = await realServer();
    const { rcode, answers = [] } = await ask(await dnsWith(port), 'gone.default.svc.cluster.local');
    expect(rcode).toBe('NOERROR');
    expect(zoneFileLines(answers)).toEqual(['gone.default.svc.cluster.local. 30 IN CNAME gone.example.com.']);
  });

  it('tells that it asks', async () => {
    const dns = await dnsWith((await realServer()).port);
    const answer = (name: string) => dns.answer({ name, type: 1, class: 1 });
    expect(answer('www.example.com')).toMatchObject({
      isForwarded: true,
      reason: 'www.example.com is outside the cluster domain cluster.local; the upstream server is asked',
    });
    expect(answer('shop.default.svc.cluster.local')).toMatchObject({ isForwarded: true, leadsTo: 'shop.example.com' });
    expect(answer('nobody.default.svc.cluster.local').isForwarded).toBeUndefined();
  });

  it('keeps names of the cluster, and transfers, to itself and answers them at once', async () => {
    const { port, asked } = await realServer();
    const dns = await dnsWith(port);
    for (const [name, type, rcode] of [
      ['nobody.default.svc.cluster.local', 'A', 'NXDOMAIN'],
      ['example.com', 'AXFR', 'REFUSED'],
    ] as const) {
      const response = dns.answerMessage(encode({ type: 'query', questions: [{ type, name }] } as Packet), 'udp');
      expect(response).toBeInstanceOf(Uint8Array);
      expect(decode(Buffer.from(response as Uint8Array))).toMatchObject({ rcode });
    }
    expect(asked).toEqual([]);
  });
});

describe('with an upstream server that does not answer', () => {
  it.each(['udp', 'tcp'] as const)('says SERVFAIL (%s), and tells an alias alone', async (transport) => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    const dns = await dnsWith(port);
    expect(await ask(dns, 'www.example.com', transport)).toMatchObject({ id: 4711, rcode: 'SERVFAIL' });
    expect(await ask(dns, 'shop.default.svc.cluster.local', transport)).toMatchObject({
      rcode: 'NOERROR',
      answers: [{ type: 'CNAME', data: 'shop.example.com' }],
    });
  });
});
