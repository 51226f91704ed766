import { PassThrough, Writable } from 'node:stream';
import type { LogStore, LogStream } from '../logs/log-store.ts';
import type { StandardStreams, Terminal } from './process.ts';

/** Somebody who watches a container's output as it comes (`kubectl attach`). */
export type OutputTap = (stream: LogStream, chunk: Buffer) => void;

/**
 * The standard streams of one instance of a container. All output goes into its log and to whoever is attached; input, where
 * the container takes any, comes from whoever is attached.
 */
export class ContainerStreams implements StandardStreams {
  readonly stdin: PassThrough | undefined;
  readonly terminal: ResizableTerminal | undefined;
  readonly #logs: LogStore;
  /** Only once they are asked for: many programs never write on one of them. */
  #stdout: Writable | undefined;
  #stderr: Writable | undefined;
  /** Only once there is one. */
  #taps: Set<OutputTap> | undefined;

  constructor(logs: LogStore, options: { readonly stdin: boolean; readonly tty: boolean }) {
    this.#logs = logs;
    this.stdin = options.stdin ? new PassThrough() : undefined;
    this.terminal = options.tty ? new ResizableTerminal() : undefined;
  }

  get stdout(): Writable {
    return (this.#stdout ??= new Output(this, 'stdout'));
  }

  get stderr(): Writable {
    return this.terminal === undefined ? (this.#stderr ??= new Output(this, 'stderr')) : this.stdout;
  }

  /** Hands on all output from now on, until disposed. */
  tap(tap: OutputTap): Disposable {
    this.#taps ??= new Set();
    this.#taps.add(tap);
    return { [Symbol.dispose]: () => void this.#taps?.delete(tap) };
  }

  /** Takes what was written on one of them. */
  written(stream: LogStream, chunk: Buffer): void {
    this.#logs.write(stream, chunk);
    for (const tap of this.#taps ?? []) tap(stream, chunk);
  }
}

class Output extends Writable {
  readonly #streams: ContainerStreams;
  readonly #stream: LogStream;

  constructor(streams: ContainerStreams, stream: LogStream) {
    super();
    this.#streams = streams;
    this.#stream = stream;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#streams.written(this.#stream, chunk);
    done();
  }
}

/** A terminal whose size whoever is attached may change. */
export class ResizableTerminal implements Terminal {
  readonly #handlers = new Set<() => void>();
  #columns = 80;
  #rows = 24;

  get columns(): number {
    return this.#columns;
  }

  get rows(): number {
    return this.#rows;
  }

  onResize(handler: () => void): Disposable {
    this.#handlers.add(handler);
    return { [Symbol.dispose]: () => void this.#handlers.delete(handler) };
  }

  resize(columns: number, rows: number): void {
    if (columns === this.#columns && rows === this.#rows) return;
    this.#columns = columns;
    this.#rows = rows;
    for (const handler of this.#handlers) handler();
  }
}
