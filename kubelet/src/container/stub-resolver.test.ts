import { Packet } from 'dns2';
import type { Hop } from '@kubarium/shared';
import { seededRandom, silentLogger, VirtualClock } from '@kubarium/shared';
import { expect, test } from 'vitest';
import { loopbackNetwork } from '../testing/loopback-network.ts';
import { settle } from '../testing/test-container.ts';
import { makeDirectoryNode } from './inode.ts';
import { MemoryFileSystem } from './memory-file-system.ts';
import { createStubResolver } from './stub-resolver.ts';

/** A pod's resolver against a server that knows a few names. */
function pod(conf: string, records: Readonly<Record<string, string>>, rcode = 3) {
  const clock = new VirtualClock();
  const runtime = { clock, random: seededRandom(1), logger: silentLogger };
  const network = loopbackNetwork();
  const files = new MemoryFileSystem(makeDirectoryNode(0), { runtime });
  files.makeDirectory('/etc');
  files.writeFile('/etc/resolv.conf', conf);
  files.writeFile('/etc/hosts', '127.0.0.1 localhost\n10.244.0.2 web-1 # me\n');
  const asked: string[] = [];
  const server = network.bind({
    port: 53,
    onDatagram: ({ data, from }) => {
      const request = Packet.parse(Buffer.from(data));
      const response = Packet.createResponseFromRequest(request);
      const { name, type } = request.questions[0]!;
      asked.push(`${name} ${Packet.TYPE_NAME[type]}`);
      const address = records[name];
      if (address === undefined) response.header.rcode = rcode;
      else if ((type === 28) === address.includes(':')) {
        const record = new Packet.Resource(name, type, 1, 30);
        record.address = address;
        response.answers.push(record);
      }
      server.send(response.toBuffer(), from);
    },
  });
  const hops: Hop[] = [];
  const resolver = createStubResolver({ files, network, runtime, where: 'pod default/web-1' });
  return {
    asked,
    hops,
    clock,
    lookup: (name: string) => settle(clock, resolver.lookup(name, { hop: (hop) => hops.push(hop) })),
  };
}

// The fake network answers from the pod's own address.
const CONF =
  'nameserver 10.244.0.2\nsearch default.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n';

test.each([
  ['backend', ['backend.default.svc.cluster.local A'], '10.96.0.1'],
  [
    'backend.default',
    ['backend.default.default.svc.cluster.local A', 'backend.default.svc.cluster.local A'],
    '10.96.0.1',
  ],
  ['backend.default.svc.cluster.local.', ['backend.default.svc.cluster.local A'], '10.96.0.1'],
])('%s is asked for as %j', async (name, questions, address) => {
  const { lookup, asked } = pod(CONF, { 'backend.default.svc.cluster.local': '10.96.0.1' });
  expect(await lookup(name)).toMatchObject({ ok: true, addresses: [address] });
  expect(asked).toEqual(questions);
});

test('a name that nobody knows is NXDOMAIN after the whole search list, and the trace tells each candidate', async () => {
  const { lookup, asked, hops } = pod(CONF, {});
  expect(await lookup('nope')).toEqual({ ok: false, code: 'NXDOMAIN' });
  expect(asked).toHaveLength(4);
  expect(hops.map(({ asked: question, verdict, ok }) => [question, verdict, ok])).toEqual([
    ['nope.default.svc.cluster.local A', 'NXDOMAIN', true],
    ['nope.svc.cluster.local A', 'NXDOMAIN', true],
    ['nope.cluster.local A', 'NXDOMAIN', true],
    ['nope A', 'NXDOMAIN', true],
    ['nope', 'NXDOMAIN', false],
  ]);
  expect(hops.at(-1)!.alternatives).toMatchObject([
    { what: 'nope.default.svc.cluster.local', why: 'NXDOMAIN' },
    { what: 'nope.svc.cluster.local', why: 'NXDOMAIN' },
    { what: 'nope.cluster.local', why: 'NXDOMAIN' },
    { what: 'nope', why: 'NXDOMAIN' },
  ]);
});

test('the trace tells of the candidate that was found what became of the others', async () => {
  const { lookup, hops } = pod(CONF, { 'backend.svc.cluster.local': '10.96.0.1' });
  await lookup('backend');
  expect(hops.map(({ alternatives }) => alternatives)).toMatchObject([
    undefined,
    [
      { what: 'backend.default.svc.cluster.local', why: 'NXDOMAIN', taken: false },
      { what: 'backend.cluster.local', why: 'not asked, since an earlier one has an address', taken: false },
      { what: 'backend', why: 'not asked, since an earlier one has an address', taken: false },
    ],
  ]);
});

test('a name with enough dots is tried as it is first', async () => {
  const { lookup, asked } = pod(CONF.replace('ndots:5', 'ndots:1'), { 'a.b': '10.0.0.1' });
  await lookup('a.b');
  expect(asked).toEqual(['a.b A']);
});

test('an IPv6-only name is found by its AAAA record', async () => {
  const { lookup } = pod(CONF, { 'six.default.svc.cluster.local': 'fd00::1' });
  expect(await lookup('six')).toMatchObject({ ok: true, addresses: ['fd00::1'] });
});

test('/etc/hosts comes first', async () => {
  const { lookup, asked } = pod(CONF, {});
  expect(await lookup('web-1')).toEqual({ ok: true, addresses: ['10.244.0.2'], canonicalName: 'web-1' });
  expect(asked).toEqual([]);
});

test('a server that does not answer is asked twice, five seconds each', async () => {
  const { lookup, clock } = pod('nameserver 10.244.0.9\n', {});
  const startedMs = clock.now();
  expect(await lookup('nope')).toEqual({ ok: false, code: 'TIMEOUT' });
  expect(clock.now() - startedMs).toBe(10_000);
});

test('SERVFAIL is told as such', async () => {
  const { lookup } = pod(CONF, {}, 2);
  expect(await lookup('x')).toEqual({ ok: false, code: 'SERVFAIL' });
});
