import type { FlowTap, Hop, PathStage, Verdict } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { codeOf, networkFixture, traceFixture, turns } from './testing/network-fixture.ts';

/** A tap that writes down each flow, its hops and its end in one line. */
function tapFixture() {
  const told: string[] = [];
  const tap: FlowTap = {
    begin({ protocol, from, destination }) {
      const hops: Hop[] = [];
      return {
        hop: (hop) => void hops.push(hop),
        end: ({ outcome, by, to }) => {
          const way = hops.map(({ stage, verdict }) => `${stage} ${verdict}`).join(', ');
          const end = by ?? to?.pod?.name ?? '';
          told.push(
            `${protocol} ${from.pod?.name} > ${destination.address}:${destination.port}: ${way}: ${outcome} ${end}`.trim(),
          );
        },
      };
    },
  };
  return { tap, told };
}

const stage = (decide: () => Verdict): PathStage => ({ name: 'rule', decide });

it('is told of every connection and datagram, however it ends', async () => {
  const { network, pod } = networkFixture();
  const { tap, told } = tapFixture();
  network.tap(tap);
  const server = pod('10.244.1.2');
  server.listen({ port: 80 }, () => {});
  server.bind({ port: 53, onDatagram: () => {} });
  const client = pod('10.244.2.3');
  await client.connect({ address: '10.244.1.2', port: 80 });
  await codeOf(client.connect({ address: '10.244.1.2', port: 81 }));
  const socket = client.bind({ port: 0, onDatagram: () => {} });
  for (const port of [53, 53, 54]) socket.send(Buffer.from('?'), { address: '10.244.1.2', port });
  socket.send(Buffer.from('?'), { address: '10.244.9.9', port: 53 });
  await turns();
  expect(told).toEqual([
    'TCP pod-10.244.2.3 > 10.244.1.2:80: connect connected: delivered pod-10.244.1.2',
    'TCP pod-10.244.2.3 > 10.244.1.2:81: connect connection refused: refused pod-10.244.1.2',
    'UDP pod-10.244.2.3 > 10.244.1.2:53: datagram delivered: delivered pod-10.244.1.2',
    'UDP pod-10.244.2.3 > 10.244.1.2:53: connection tracking sent to 10.244.1.2:53, datagram delivered: delivered pod-10.244.1.2',
    'UDP pod-10.244.2.3 > 10.244.1.2:54: datagram port unreachable: refused pod-10.244.1.2',
    'UDP pod-10.244.2.3 > 10.244.9.9:53: datagram no route to host: unreachable',
  ]);
});

it('is told of an answer only where it does not arrive', async () => {
  const { network, pod } = networkFixture();
  const server = pod('10.244.1.2');
  const echo = server.bind({ port: 53, onDatagram: ({ data, from }) => echo.send(data, from) });
  const client = pod('10.244.2.3');
  const received: string[] = [];
  const socket = client.bind({
    port: 4000,
    onDatagram: ({ data }) => void received.push(Buffer.from(data).toString()),
  });
  const { tap, told } = tapFixture();
  network.tap(tap);
  socket.send(Buffer.from('a'), { address: '10.244.1.2', port: 53 });
  await turns();
  socket.send(Buffer.from('b'), { address: '10.244.1.2', port: 53 });
  await turns(1);
  socket[Symbol.dispose]();
  await turns();
  expect(received).toEqual(['a']);
  expect(told.slice(2)).toEqual([
    'UDP pod-10.244.1.2 > 10.244.2.3:4000: datagram port unreachable: refused pod-10.244.2.3',
  ]);
});

it('is told again of a connection whose later SYN fares otherwise, and so is a trace', async () => {
  let verdict: Verdict = { action: 'drop' };
  const { network, pod, clock } = networkFixture([stage(() => verdict)]);
  const { tap, told } = tapFixture();
  network.tap(tap);
  pod('10.244.1.2').listen({ port: 80 }, () => {});
  const trace = traceFixture();
  const connected = pod('10.244.2.3').connect({ address: '10.244.1.2', port: 80, trace });
  await turns();
  for (const _retry of [1, 2]) {
    clock.advance(2_000);
    await turns();
  }
  verdict = { action: 'pass' };
  clock.advance(10_000);
  await connected;
  expect(told).toEqual([
    'TCP pod-10.244.2.3 > 10.244.1.2:80: connect dropped: dropped rule',
    'TCP pod-10.244.2.3 > 10.244.1.2:80: connect connected: delivered pod-10.244.1.2',
  ]);
  expect(trace.hops.map((hop) => hop.verdict)).toEqual(['dropped', 'connected']);
});

it('is told no more once it is pulled out, and leaves traces alone', async () => {
  const { network, pod } = networkFixture([stage(() => ({ action: 'refuse' }))]);
  const { tap, told } = tapFixture();
  network.tap(tap);
  const client = pod('10.244.2.3');
  const trace = traceFixture();
  await codeOf(client.connect({ address: '10.244.1.2', port: 80, trace }));
  network.tap(undefined);
  await codeOf(client.connect({ address: '10.244.1.2', port: 80, trace }));
  expect(told).toEqual(['TCP pod-10.244.2.3 > 10.244.1.2:80: connect refused: refused rule']);
  expect(trace.hops.map(({ stage: name, where }) => `${name} ${where}`)).toEqual([
    'connect pod default/pod-10.244.2.3 on node-2',
    'connect pod default/pod-10.244.2.3 on node-2',
  ]);
});
