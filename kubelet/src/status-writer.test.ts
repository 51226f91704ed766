import {
  type ContainerStatus,
  KubeClient,
  type Pod,
  type PodStatus,
  seededRandom,
  serviceUnavailable,
  silentLogger,
  VirtualClock,
} from '@kubarium/shared';
import { makePod, ScriptedTransport, turns } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import { type StatusSource, StatusWriter } from './status-writer.ts';

class Source implements StatusSource {
  readonly pod: Pod = makePod();
  message = '';
  written = 0;
  status(): PodStatus {
    return { phase: 'Pending', message: this.message };
  }
  onWritten(): void {
    this.written++;
  }
}

function setUp() {
  const transport = new ScriptedTransport();
  const clock = new VirtualClock();
  const runtime = { clock, random: seededRandom(1), logger: silentLogger };
  const source = new Source();
  transport.answer = () => source.pod;
  const writer = new StatusWriter(new KubeClient(transport), runtime);
  const sent = (): unknown[] => transport.requests.map(({ body }) => body);
  const say = (message: string): void => {
    source.message = message;
    writer.changed(source);
  };
  return { transport, clock, source, writer, sent, say };
}

it('makes one write of all that changes while another is on its way', async () => {
  const { source, sent, say } = setUp();
  for (const message of ['a', 'b', 'c', 'd']) say(message);
  await turns();
  expect(sent()).toEqual([
    { metadata: { uid: 'uid-default-pod' }, status: { message: 'a' } },
    { metadata: { uid: 'uid-default-pod' }, status: { message: 'd' } },
  ]);
  expect(source.written).toBe(1);
});

it('sends nothing where nothing differs', async () => {
  const { sent, say } = setUp();
  say('a');
  await turns();
  say('a');
  await turns();
  expect(sent()).toHaveLength(1);
});

it('repeats a write that failed, with what is then', async () => {
  const { transport, clock, source, sent, say } = setUp();
  transport.answer = () => {
    throw serviceUnavailable('down');
  };
  say('a');
  await turns();
  transport.answer = () => source.pod;
  say('b');
  await turns();
  expect(sent()).toHaveLength(1);
  clock.advance(1000);
  await turns();
  expect(sent().at(-1)).toMatchObject({ status: { message: 'b' } });
  expect(source.written).toBe(1);
});

it('forgets a pod, whatever is on its way', async () => {
  const { source, writer, say, sent } = setUp();
  say('a');
  say('b');
  writer.forget(source.pod.metadata.uid);
  await turns();
  expect(sent()).toHaveLength(1);
  expect(source.written).toBe(0);
});

it('waits longer after each failure in a row', async () => {
  const { transport, clock, sent, say } = setUp();
  transport.answer = () => {
    throw serviceUnavailable('down');
  };
  say('a');
  await turns();
  for (const seconds of [1, 2, 4]) {
    const before = sent().length;
    clock.advance(seconds * 1000 - 1);
    await turns();
    expect(sent()).toHaveLength(before);
    clock.advance(1);
    await turns();
    expect(sent()).toHaveLength(before + 1);
  }
});

it('reports a pod of many containers no more often than every so many milliseconds', async () => {
  const { clock, source, sent, say } = setUp();
  const containerStatuses = Array.from({ length: 200 }, (_, i) => ({ name: `c${i}` })) as ContainerStatus[];
  source.status = () => ({ phase: 'Pending', message: source.message, containerStatuses });
  for (let ms = 0; ms < 999; ms++) {
    say(`${ms}`);
    await turns();
    clock.advance(1);
  }
  expect(sent()).toHaveLength(5);
  clock.advance(200);
  await turns();
  expect(sent().at(-1)).toMatchObject({ status: { message: '998' } });
});
