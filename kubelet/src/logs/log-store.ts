import type { Clock } from '@kubarium/shared';

export type LogStream = 'stdout' | 'stderr';

export interface LogLine {
  readonly atMs: number;
  readonly stream: LogStream;
  /** With its newline; a line that the container never ended has none. Each character is a byte: as bytes it would take four times the room. */
  readonly data: string;
}

const LINE_MAX = 16 * 1024;
/** What a kept line costs beside its bytes. */
const LINE_OVERHEAD = 64;

/**
 * What one instance of a container wrote, line by line, with the time at which each line was complete. Bounded: when it grows
 * past its limit (a real kubelet rotates at 10 MiB) the oldest lines go. Lines are numbered from 0 on, for good.
 */
export class LogStore {
  readonly #clock: Clock;
  readonly #limitBytes: number;
  readonly #partial: Record<LogStream, string | undefined> = { stdout: undefined, stderr: undefined };
  /** Only once there is one. */
  #listeners: Set<() => void> | undefined;
  #lines: LogLine[] = [];
  /** Index in `#lines` of the oldest line kept, and its number. */
  #head = 0;
  #first = 0;
  #bytes = 0;
  #ended = false;

  constructor(clock: Clock, limitBytes = 10 * 1024 * 1024) {
    this.#clock = clock;
    this.#limitBytes = limitBytes;
  }

  /** The number of the oldest line that is kept. */
  get first(): number {
    return this.#first;
  }

  /** One past the number of the newest line. */
  get next(): number {
    return this.#first + this.#lines.length - this.#head;
  }

  /** Whether the container has ended: no more lines come. */
  get ended(): boolean {
    return this.#ended;
  }

  line(number: number): LogLine | undefined {
    return number < this.#first ? undefined : this.#lines[this.#head + number - this.#first];
  }

  write(stream: LogStream, chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const newline = chunk.indexOf(10, start);
      if (newline < 0) break;
      this.#add(stream, this.#join(stream, chunk.toString('latin1', start, newline + 1)));
      start = newline + 1;
    }
    if (start < chunk.length) {
      const rest = this.#join(stream, chunk.toString('latin1', start));
      // The runtime cuts what is longer than a line may be (CRI's partial lines).
      if (rest.length >= LINE_MAX) this.#add(stream, rest);
      else this.#partial[stream] = rest;
    }
    if (this.#listeners !== undefined && this.#listeners.size > 0) this.#tell();
  }

  /** The container has ended: what has no newline yet becomes a line. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = this.#partial[stream];
      if (rest !== undefined) this.#add(stream, rest);
      this.#partial[stream] = undefined;
    }
    this.#ended = true;
    this.#tell();
  }

  /** Calls back whenever there may be more lines, or the end. */
  onChange(listener: () => void): Disposable {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners?.delete(listener) };
  }

  /** The last lines, together no longer than these limits (for FallbackToLogsOnError). */
  tail(lines: number, bytes: number): string {
    const parts: string[] = [];
    let size = 0;
    for (let number = this.next - 1; number >= this.first && parts.length < lines; number--) {
      const { data } = this.line(number)!;
      parts.unshift(data);
      size += data.length;
      if (size >= bytes) break;
    }
    const text = Buffer.from(parts.join(''), 'latin1');
    return text.subarray(Math.max(0, text.length - bytes)).toString('utf8');
  }

  #join(stream: LogStream, data: string): string {
    const before = this.#partial[stream];
    if (before === undefined) return data;
    this.#partial[stream] = undefined;
    return before + data;
  }

  #add(stream: LogStream, data: string): void {
    const line: LogLine = { atMs: this.#clock.now(), stream, data };
    // An array that is pushed to takes room for many; most containers write one line.
    if (this.#lines.length === 0) this.#lines = [line];
    else this.#lines.push(line);
    this.#bytes += data.length + LINE_OVERHEAD;
    while (this.#bytes > this.#limitBytes && this.#head < this.#lines.length - 1) {
      this.#bytes -= this.#lines[this.#head]!.data.length + LINE_OVERHEAD;
      this.#head++;
      this.#first++;
    }
    if (this.#head > 1024 && this.#head * 2 > this.#lines.length) {
      this.#lines = this.#lines.slice(this.#head);
      this.#head = 0;
    }
  }

  #tell(): void {
    for (const listener of this.#listeners ?? []) listener();
  }
}
