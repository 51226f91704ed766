import type { Readable, Writable } from 'node:stream';
import { sleep, type Clock } from '@kubarium/shared';
import { MemoryFileSystem } from './memory-file-system.ts';
import { BrokenPipeError } from './pipe.ts';
import type { Process } from './process.ts';
import { TtyInput } from './tty.ts';

/** Lets everything else have its turn: what a long loop awaits now and then. */
const yieldTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Steps of a program after which others get their turn. */
const STEPS_PER_TURN = 256;
/** Steps that take a millisecond of the cluster's time, so that a program that never rests does not stop the clock. */
const STEPS_PER_MILLISECOND = 65_536;

/** How many steps the programs of a cluster have made. */
const stepsOf = new WeakMap<Clock, { count: number }>();

/** Counts one step of a loop that may be endless; every so often lets others run, and throws once the process was killed. */
export async function step(process: Process): Promise<void> {
  const { clock, activity } = process.runtime;
  let steps = stepsOf.get(clock);
  if (steps === undefined) stepsOf.set(clock, (steps = { count: 0 }));
  const count = ++steps.count;
  if (count % STEPS_PER_MILLISECOND === 0) await sleep(clock, 1);
  else if (count % STEPS_PER_TURN === 0) {
    // Runnable is not at rest.
    activity?.begin();
    await yieldTurn();
    activity?.end();
  }
  process.killed.throwIfAborted();
}

/** The next bytes of a stream, or undefined at its end. Rejects with the signal's name once the process is killed. */
export async function readChunk(stream: Readable, killed: AbortSignal): Promise<Buffer | undefined> {
  for (;;) {
    killed.throwIfAborted();
    const chunk = stream.read() as Buffer | string | null;
    if (chunk !== null) return typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (stream instanceof TtyInput && stream.takeEnd()) return undefined;
    if (stream.readableEnded || stream.destroyed) return undefined;
    await nextEvent(stream, READ_EVENTS, killed);
  }
}

const READ_EVENTS = ['readable', 'end', 'close', 'error'] as const;
const WRITE_EVENTS = ['drain', 'close', 'error'] as const;

function nextEvent(stream: Readable | Writable, events: readonly string[], killed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) stream.off(event, done);
      killed.removeEventListener('abort', done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
    killed.addEventListener('abort', done);
  });
}

/** One line without its newline, leaving the rest in the stream; `ended` where the stream ended before a newline. */
export async function readLine(stream: Readable, killed: AbortSignal): Promise<{ line: string; ended: boolean }> {
  const chunks: Buffer[] = [];
  for (let chunk; (chunk = await readChunk(stream, killed)) !== undefined;) {
    const newline = chunk.indexOf(0x0a);
    if (newline === -1) {
      chunks.push(chunk);
      continue;
    }
    chunks.push(chunk.subarray(0, newline));
    if (newline + 1 < chunk.length) stream.unshift(chunk.subarray(newline + 1));
    return { line: Buffer.concat(chunks).toString(), ended: false };
  }
  return { line: Buffer.concat(chunks).toString(), ended: true };
}

/**
 * Writes, waiting while the reader is behind. A broken pipe raises SIGPIPE, which ends the process unless it is taken; then
 * (or where the process is gone) it rejects.
 */
export async function write(process: Process, data: string | Uint8Array, to: Writable = process.stdout): Promise<void> {
  process.killed.throwIfAborted();
  if (to.destroyed || to.writableEnded) {
    process.signal(process.pid, 'SIGPIPE');
    throw new BrokenPipeError();
  }
  if (data.length > 0 && !to.write(data)) {
    while (to.writableNeedDrain && !to.destroyed && !process.killed.aborted)
      await nextEvent(to, WRITE_EVENTS, process.killed);
  }
  await step(process);
}

/** Writes a complaint on stderr, `name: message`. */
export const complain = (process: Process, message: string): Promise<void> =>
  write(process, `${programName(process)}: ${message}\n`, process.stderr);

/** The last part of argv[0]. */
export const programName = (process: Process): string => (process.argv[0] ?? '').replace(/^.*\//, '');

/** A path as the process means it. */
export function absolutePath(process: Pick<Process, 'cwd' | 'pid'>, path: string): string {
  const absolute = path.startsWith('/') ? path : process.cwd === '/' ? `/${path}` : `${process.cwd}/${path}`;
  return absolute.replace(/^\/proc\/self(?=\/|$)/, `/proc/${process.pid}`);
}

/**
 * The bytes of a file or of standard input (`-`, /dev/stdin), chunk by chunk. Throws FileSystemError at the first step.
 */
export async function* readInput(process: Process, name: string): AsyncGenerator<Buffer, void, undefined> {
  const path = absolutePath(process, name);
  const device = name === '-' ? 'stdin' : deviceAt(process, path);
  if (device === 'stdin') {
    for (let chunk; (chunk = await readChunk(process.stdin, process.killed)) !== undefined;) yield chunk;
  } else if (device === 'zero' || device === 'full' || device === 'random') {
    for (;;) {
      yield device === 'random' ? process.files.readFile(path) : Buffer.alloc(4096);
      await step(process);
    }
  } else if (device === undefined) yield process.files.readFile(path, process);
}

/** All of a file or of standard input. */
export async function readWhole(process: Process, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readInput(process, name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The lines of a stream of chunks; the last one may lack its newline. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<{ text: string; newline: boolean }, void, undefined> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let newline; (newline = chunk.indexOf(0x0a, from)) !== -1; from = newline + 1) {
      const end = chunk.subarray(from, newline);
      yield { text: (rest.length === 0 ? end : Buffer.concat([...rest, end])).toString(), newline: true };
      rest = [];
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield { text: Buffer.concat(rest).toString(), newline: false };
}

/** The device on a path, where the file system has devices. */
export const deviceAt = (process: Pick<Process, 'files'>, path: string): ReturnType<MemoryFileSystem['device']> =>
  process.files instanceof MemoryFileSystem ? process.files.device(path) : undefined;
