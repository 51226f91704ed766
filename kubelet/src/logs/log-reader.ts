import { type Clock, type LogOptions, microTimestamp, parseTimestamp } from '@kubarium/shared';
import { Readable } from 'node:stream';
import type { LogStore } from './log-store.ts';

/**
 * Reads a log as `kubectl logs` asks for it: the last `tailLines` of all lines that are not older than `since`, cut at
 * `limitBytes`, each with its time where `timestamps` is set. With `follow` it goes on until the container ends.
 */
export function readLog(store: LogStore, options: LogOptions, clock: Clock): Readable {
  const sinceMs = oldestWanted(options, clock);
  let number = store.first;
  while (number < store.next && store.line(number)!.atMs < sinceMs) number++;
  if (options.tailLines !== undefined) number = tailStart(store, options, number);
  let left = options.limitBytes ?? Infinity;
  let listening: Disposable | undefined;
  const stop = (): void => {
    listening?.[Symbol.dispose]();
    listening = undefined;
  };

  const pump = (readable: Readable): void => {
    // Lines that were dropped while the reader was slow are gone for it.
    number = Math.max(number, store.first);
    for (;;) {
      const line = store.line(number);
      if (line === undefined) break;
      number++;
      if (!isWanted(line.stream, options.stream)) continue;
      const data = Buffer.from(options.timestamps === true ? stamped(line.atMs, line.data) : line.data, 'latin1');
      const part = data.subarray(0, left);
      left -= part.length;
      const goesOn = readable.push(part);
      if (left <= 0) return finish(readable);
      if (!goesOn) return stop();
    }
    if (store.ended || options.follow !== true) return finish(readable);
    listening ??= store.onChange(() => pump(readable));
  };
  const finish = (readable: Readable): void => {
    stop();
    readable.push(null);
  };

  return new Readable({
    read() {
      if (listening === undefined) pump(this);
    },
    destroy(error, done) {
      stop();
      done(error);
    },
  });
}

function oldestWanted({ sinceSeconds, sinceTime }: LogOptions, clock: Clock): number {
  if (sinceTime !== undefined) return parseTimestamp(sinceTime);
  return sinceSeconds === undefined ? -Infinity : clock.now() - sinceSeconds * 1000;
}

function tailStart(store: LogStore, { tailLines = 0, stream }: LogOptions, from: number): number {
  let number = store.next;
  for (let found = 0; number > from && found < tailLines; number--)
    if (isWanted(store.line(number - 1)!.stream, stream)) found++;
  return number;
}

const isWanted = (stream: string, wanted: string | undefined): boolean =>
  wanted === undefined || wanted === 'All' || wanted.toLowerCase() === stream;

/** RFC 3339 with nine decimals, as the kubelet writes it. */
const stamped = (atMs: number, data: string): string => `${microTimestamp(atMs).slice(0, -1)}000Z ${data}`;
