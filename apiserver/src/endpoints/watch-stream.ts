import type { ServerResponse } from 'node:http';
import type { RenderedEvent } from '../registry/registry.ts';

/** A watcher that leaves this much unread is too slow; it is cut off, and lists again, rather than have events skipped. */
const WATCH_BUFFER_BYTES = 64 * 1024 * 1024;

const END_OF_LINE = Buffer.from('\r\n');
const MAX_SHARED_LINES = 512;

/**
 * Event lines of the last few changes as HTTP chunks, ready to be written: all watchers of a change get the same bytes. Keyed by the
 * object's text, which storage holds once.
 */
export class EventLines {
  readonly #lines = new Map<string, { readonly type: string; readonly chunk: Buffer }>();
  readonly #batches = new WeakMap<readonly RenderedEvent[], Buffer>();

  /** The chunks of a batch in one piece: made once for all watchers who are told of it. */
  batch(events: readonly RenderedEvent[]): Buffer {
    let joined = this.#batches.get(events);
    if (joined === undefined) {
      joined = Buffer.concat(events.map((event) => this.chunk(event)));
      this.#batches.set(events, joined);
    }
    return joined;
  }

  chunk(event: Pick<RenderedEvent, 'type' | 'text'>): Buffer {
    const { type, text } = event;
    const known = this.#lines.get(text);
    if (known?.type === type) return known.chunk;
    const chunk = chunkOf(`{"type":"${type}","object":${text}}\n`);
    if (this.#lines.size >= MAX_SHARED_LINES) this.#lines.clear();
    this.#lines.set(text, { type, chunk });
    return chunk;
  }
}

/** One HTTP/1.1 chunk (RFC 9112 §7.1) of a text. */
export function chunkOf(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = `${length.toString(16)}\r\n`;
  const chunk = Buffer.allocUnsafe(head.length + length + 2);
  chunk.write(head, 'latin1');
  chunk.write(text, head.length, 'utf8');
  END_OF_LINE.copy(chunk, head.length + length);
  return chunk;
}

/**
 * Writes a watch's events to one client. Chunks go past the response object, straight to its socket: the bytes are shared
 * between watchers, and one batch is one write.
 */
export class WatchStream {
  readonly #response: ServerResponse;
  readonly #limitBytes: number;
  /** What waits for the socket: on a kept connection the reply before this one may still hold it. */
  #waiting: Buffer[] | undefined;
  #waitingBytes = 0;
  #hasEnded = false;

  /** Sends the head of the reply. The response must be one to an HTTP/1.1 request. */
  constructor(response: ServerResponse, limitBytes: number = WATCH_BUFFER_BYTES) {
    this.#response = response;
    this.#limitBytes = limitBytes;
    response.writeHead(200, { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' });
    response.flushHeaders();
    // A body that nobody wants holds up the connection, and with it the news that the client has left.
    response.req.resume();
    if (response.socket === null) {
      this.#waiting = [];
      // The response sends its head just after the event.
      response.once('socket', () => queueMicrotask(() => this.#sendWaiting()));
    }
  }

  /** What has been written and the client has not yet taken. */
  get backlogBytes(): number {
    return this.#response.socket?.writableLength ?? 0;
  }

  /** False where the client is gone, or too slow and therefore cut off. */
  write(chunks: readonly Buffer[]): boolean {
    if (this.#waiting !== undefined) {
      for (const chunk of chunks) this.#waitingBytes += chunk.length;
      if (this.#waitingBytes > this.#limitBytes) {
        this.#waiting = [];
        this.#response.req.socket.destroy();
        return false;
      }
      this.#waiting.push(...chunks);
      return !this.#response.destroyed;
    }
    const { socket } = this.#response;
    if (socket === null || socket.destroyed || this.#response.writableEnded) return false;
    if (socket.writableLength > this.#limitBytes) {
      socket.destroy();
      return false;
    }
    socket.write(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    return true;
  }

  end(): void {
    this.#hasEnded = true;
    if (this.#waiting === undefined && !this.#response.writableEnded) this.#response.end();
  }

  #sendWaiting(): void {
    const chunks = this.#waiting ?? [];
    this.#waiting = undefined;
    if (chunks.length > 0) this.write(chunks);
    if (this.#hasEnded) this.end();
  }
}
