import { type LogOptions, VirtualClock } from '@kubarium/shared';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { readLog } from './log-reader.ts';
import { LogStore } from './log-store.ts';

function written(): { store: LogStore; clock: VirtualClock } {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const store = new LogStore(clock);
  store.write('stdout', Buffer.from('one\ntw'));
  clock.advance(1000);
  store.write('stdout', Buffer.from('o\n'));
  store.write('stderr', Buffer.from('bad\n'));
  clock.advance(1000);
  store.write('stdout', Buffer.from('three\nrest'));
  return { store, clock };
}

const container = 'c';

it.each<[string, Omit<LogOptions, 'container'>, string]>([
  ['all', {}, 'one\ntwo\nbad\nthree\n'],
  ['the last two', { tailLines: 2 }, 'bad\nthree\n'],
  ['none of the past', { tailLines: 0 }, ''],
  ['those of the last second', { sinceSeconds: 1 }, 'two\nbad\nthree\n'],
  ['those since a time', { sinceTime: '2026-01-01T00:00:02Z' }, 'three\n'],
  ['the first bytes', { limitBytes: 6 }, 'one\ntw'],
  ['one stream', { stream: 'Stderr' }, 'bad\n'],
  ['with times', { tailLines: 1, timestamps: true }, '2026-01-01T00:00:02.000000000Z three\n'],
])('reads %s', async (_, options, expected) => {
  const { store, clock } = written();
  expect(await text(readLog(store, { container, ...options }, clock))).toBe(expected);
});

it('follows until the container ends, and then gives the line without an end', async () => {
  const { store, clock } = written();
  const reading = text(readLog(store, { container, follow: true, tailLines: 1 }, clock));
  await new Promise((resolve) => void setImmediate(resolve));
  store.write('stdout', Buffer.from(' of it\nmore'));
  store.end();
  expect(await reading).toBe('three\nrest of it\nmore');
});

it('stops to listen when the reader goes', async () => {
  const { store, clock } = written();
  const reading = readLog(store, { container, follow: true }, clock);
  reading.resume();
  await new Promise((resolve) => void setImmediate(resolve));
  reading.destroy();
  expect(() => store.write('stdout', Buffer.from('x\n'))).not.toThrow();
});

it('drops the oldest lines of a log that grows too large, and a slow reader goes on with what is left', () => {
  const clock = new VirtualClock();
  const store = new LogStore(clock, 1000);
  for (let number = 0; number < 100; number++) store.write('stdout', Buffer.from(`line ${number}\n`));
  expect(store.next).toBe(100);
  expect(store.first).toBeGreaterThan(80);
  expect(store.line(store.first)!.data.toString()).toBe(`line ${store.first}\n`);
  expect(store.line(0)).toBeUndefined();
});

it('gives the end of a log for a termination message', () => {
  const { store } = written();
  expect(store.tail(2, 100)).toBe('bad\nthree\n');
  expect(store.tail(80, 4)).toBe('ree\n');
});
