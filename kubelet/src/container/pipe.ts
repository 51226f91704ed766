import { Readable, Writable } from 'node:stream';

/** Why a write came to nothing: nobody can read it any more. */
export class BrokenPipeError extends Error {
  override readonly name = 'BrokenPipeError';
  readonly code = 'EPIPE';

  constructor() {
    super('Broken pipe');
  }
}

export interface Pipe {
  readonly reader: Readable;
  readonly writer: Writable;
}

const CAPACITY = 65_536;

/**
 * A pipe between processes: a full one makes the writer wait, a closed reader breaks it (EPIPE), a closed writer is the
 * reader's end of file. Both ends begin with one holder, see holdStream.
 */
export function makePipe(): Pipe {
  let waiting: ((error?: Error | null) => void) | undefined;
  const reader = new Readable({
    highWaterMark: CAPACITY,
    read() {
      const go = waiting;
      waiting = undefined;
      go?.();
    },
    destroy(error, done) {
      const go = waiting;
      waiting = undefined;
      go?.(new BrokenPipeError());
      done(error);
    },
  });
  const writer = new Writable({
    highWaterMark: CAPACITY,
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      if (reader.destroyed) done(new BrokenPipeError());
      else if (reader.push(chunk)) done();
      else waiting = done;
    },
    final(done) {
      if (!reader.destroyed) reader.push(null);
      done();
    },
  });
  // Who writes learns of it from the write's own callback.
  writer.on('error', ignore);
  reader.on('error', ignore);
  holders.set(reader, 1);
  holders.set(writer, 1);
  return { reader, writer };
}

const ignore = (): void => {};

const holders = new WeakMap<Readable | Writable, number>();

/** Counts one more holder of a pipe's end, as a file descriptor does that is passed on. Other streams are not counted. */
export function holdStream(stream: Readable | Writable): void {
  const count = holders.get(stream);
  if (count !== undefined) holders.set(stream, count + 1);
}

/** Counts one holder less; the last one closes the end. */
export function releaseStream(stream: Readable | Writable): void {
  const count = holders.get(stream);
  if (count === undefined) return;
  holders.set(stream, count - 1);
  if (count !== 1) return;
  if (stream instanceof Writable) stream.end();
  else stream.destroy();
}

/** Makes a stream counted, with one holder. */
export function ownStream<Stream extends Readable | Writable>(stream: Stream): Stream {
  stream.on('error', ignore);
  holders.set(stream, 1);
  return stream;
}

/** A stream that is at its end. */
export function emptyInput(): Readable {
  const stream = new Readable({ read() {} });
  stream.push(null);
  return stream;
}

/** A stream that takes all and keeps nothing. */
export const nullOutput = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
