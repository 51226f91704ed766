import { Duplex } from 'node:stream';
import { HeaderBlockReader, HeaderBlockWriter } from './spdy-header-block.ts';
import { hangUp } from './upgrade.ts';

/**
 * The server's side of SPDY/3.1 framing (draft-mbelshe-httpbis-spdy-00), as far as Kubernetes clients use it:
 *
 *   control frame   1 | version 15 bits | type 16 | flags 8 | length 24 | ...
 *   data frame      0 | stream 31 bits            | flags 8 | length 24 | bytes
 *
 * Simplified: no flow control by windows; a stream that is not read stops the whole connection, as the clients' own library does.
 */

const FRAME_HEADER_BYTES = 8;
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const MAX_DATA_BYTES = 64 * 1024;
const VERSION = 3;
const FLAG_FIN = 1;

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;

const STATUS_PROTOCOL_ERROR = 1;
const STATUS_CANCEL = 5;

/** Calls `onStream` for each stream that the client opens; ends when the transport does. */
export class SpdyConnection {
  readonly #transport: Duplex;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #reader = new HeaderBlockReader();
  readonly #writer = new HeaderBlockWriter();
  readonly #onStream: (stream: SpdyStream) => void;
  #pending: Buffer = Buffer.alloc(0);
  #unread = 0;

  constructor(transport: Duplex, onStream: (stream: SpdyStream) => void) {
    this.#transport = transport;
    this.#onStream = onStream;
    transport.on('data', (chunk: Buffer) => this.#receive(chunk));
    transport.on('error', () => transport.destroy());
    transport.on('end', () => transport.destroy());
    transport.on('close', () => {
      for (const stream of this.#streams.values()) stream.destroy();
      this.#streams.clear();
    });
  }

  /** Says that no more is to come, once all streams have been written out, and closes the transport. */
  close(): void {
    const goAway = Buffer.alloc(8);
    if (!this.#transport.writableEnded) {
      this.#control(GOAWAY, goAway);
      hangUp(this.#transport);
    }
  }

  /** Kills the connection at once. */
  destroy(): void {
    this.#transport.destroy();
  }

  onClose(callback: () => void): void {
    this.#transport.once('close', callback);
  }

  /** For streams: sends data, false where the transport is full. */
  sendData(id: number, data: Buffer, isLast: boolean): boolean {
    if (this.#transport.destroyed || this.#transport.writableEnded) return true;
    const head = Buffer.alloc(FRAME_HEADER_BYTES);
    head.writeUInt32BE(id);
    head.writeUInt32BE(((isLast ? FLAG_FIN : 0) << 24) | data.length, 4);
    this.#transport.cork();
    this.#transport.write(head);
    const goesOn = data.length === 0 || this.#transport.write(data);
    this.#transport.uncork();
    return goesOn;
  }

  onceDrained(callback: () => void): void {
    this.#transport.once('drain', callback);
  }

  reset(id: number, status: number = STATUS_CANCEL): void {
    this.#streams.delete(id);
    const body = Buffer.alloc(8);
    body.writeUInt32BE(id);
    body.writeUInt32BE(status, 4);
    if (!this.#transport.destroyed && !this.#transport.writableEnded) this.#control(RST_STREAM, body);
  }

  forget(id: number): void {
    this.#streams.delete(id);
  }

  /** Stops and goes on reading from the transport, counted over the streams. */
  hold(): void {
    if (this.#unread++ === 0) this.#transport.pause();
  }

  release(): void {
    if (--this.#unread === 0) this.#transport.resume();
  }

  #receive(chunk: Buffer): void {
    // Closed by now: nobody reads it any more.
    if (this.#transport.writableEnded) return;
    let bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (bytes.length >= FRAME_HEADER_BYTES) {
      const length = bytes.readUIntBE(5, 3);
      if (length > MAX_FRAME_BYTES) return this.destroy();
      if (bytes.length < FRAME_HEADER_BYTES + length) break;
      try {
        this.#frame(bytes, bytes.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + length));
      } catch {
        // A frame that cannot be read leaves the zlib stream, and so all that follows, unreadable.
        return this.destroy();
      }
      bytes = bytes.subarray(FRAME_HEADER_BYTES + length);
    }
    this.#pending = bytes;
  }

  #frame(head: Buffer, body: Buffer): void {
    const isLast = (head[4]! & FLAG_FIN) !== 0;
    if ((head[0]! & 0x80) === 0) {
      const id = head.readUInt32BE(0);
      const stream = this.#streams.get(id);
      if (stream === undefined) return this.reset(id, STATUS_PROTOCOL_ERROR);
      return stream.receive(body, isLast);
    }
    switch (head.readUInt16BE(2)) {
      case SYN_STREAM: {
        const id = body.readUInt32BE(0) & 0x7fffffff;
        const headers = this.#reader.read(body.subarray(10));
        const stream = new SpdyStream(this, id, headers);
        this.#streams.set(id, stream);
        const reply = Buffer.alloc(4);
        reply.writeUInt32BE(id);
        this.#control(SYN_REPLY, Buffer.concat([reply, this.#writer.write(new Map())]));
        if (isLast) stream.receive(Buffer.alloc(0), true);
        return this.#onStream(stream);
      }
      case RST_STREAM: {
        const id = body.readUInt32BE(0);
        const stream = this.#streams.get(id);
        this.#streams.delete(id);
        return void stream?.destroy();
      }
      case PING:
        // Odd numbers are the client's own; an even one would answer ours.
        if ((body.readUInt32BE(0) & 1) === 1) this.#control(PING, body);
        return;
      case GOAWAY:
        // The client opens no more streams; it closes when those that are open are done.
        return;
      default:
        return;
    }
  }

  #control(type: number, body: Buffer): void {
    const head = Buffer.alloc(FRAME_HEADER_BYTES);
    head.writeUInt16BE(0x8000 | VERSION);
    head.writeUInt16BE(type, 2);
    head.writeUInt32BE(body.length, 4);
    this.#transport.write(Buffer.concat([head, body]));
  }
}

/** One stream of a connection. Both directions end by themselves. */
export class SpdyStream extends Duplex {
  readonly headers: ReadonlyMap<string, string>;
  readonly #connection: SpdyConnection;
  readonly #id: number;
  #holds = false;
  #ended = false;

  constructor(connection: SpdyConnection, id: number, headers: ReadonlyMap<string, string>) {
    super({ allowHalfOpen: true, autoDestroy: true });
    this.#connection = connection;
    this.#id = id;
    this.headers = headers;
    this.on('error', () => {});
  }

  receive(data: Buffer, isLast: boolean): void {
    if (data.length > 0 && !this.push(data) && !this.#holds) {
      this.#holds = true;
      this.#connection.hold();
    }
    if (isLast && !this.#ended) {
      this.#ended = true;
      this.push(null);
    }
  }

  override _read(): void {
    if (!this.#holds) return;
    this.#holds = false;
    this.#connection.release();
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    let goesOn = true;
    for (let at = 0; at < chunk.length; at += MAX_DATA_BYTES) {
      goesOn = this.#connection.sendData(this.#id, chunk.subarray(at, at + MAX_DATA_BYTES), false);
    }
    if (goesOn) callback();
    else this.#connection.onceDrained(callback);
  }

  override _final(callback: () => void): void {
    this.#connection.sendData(this.#id, Buffer.alloc(0), true);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (this.#holds) {
      this.#holds = false;
      this.#connection.release();
    }
    // What ended in good order both ways needs no reset.
    if (!(this.writableFinished && this.#ended)) this.#connection.reset(this.#id);
    else this.#connection.forget(this.#id);
    callback(error);
  }
}
