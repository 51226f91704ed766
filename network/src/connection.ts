import { NetError, type Clock, type Connection, type SocketAddress, type Timer } from '@kubarium/shared';
import { Duplex } from 'node:stream';
import type { DeliveryQueue } from './delivery-queue.ts';

export interface ConnectionEnd {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
}

/** Who keeps a connection until it is closed. */
export interface ConnectionKeeper {
  closed(connection: PodConnection): void;
}

const ignore = (): void => {};

/**
 * One end of a simulated TCP connection. What is written here is read there, in order, with back-pressure: a write is done
 * once the other end has room for more. Ending is a FIN. Destroying is what the kernel does on close(2): a FIN, or a RST where
 * received bytes were left unread. Writing to an end that is gone fails with EPIPE or ECONNRESET.
 */
export class PodConnection extends Duplex implements Connection {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  place = -1;
  /** Its place among the connections of its namespace. */
  namespacePlace = -1;
  readonly #deliveries: DeliveryQueue;
  readonly #clock: Clock;
  /** Told once when this end is closed. */
  keeper: ConnectionKeeper | undefined;
  #peer!: PodConnection;
  /** The peer's write that waits until this end has room. */
  #waitingWrite: (() => void) | undefined;
  #resetting = false;
  /** Whether the peer's FIN has arrived. */
  #endReceived = false;
  /** Whether a chunk of this end is still in the delivery queue. */
  #chunkQueued = false;
  #idleTimeoutMs = 0;
  #lastActiveMs = 0;
  #idleTimer: Timer | undefined;

  private constructor(end: ConnectionEnd, deliveries: DeliveryQueue, clock: Clock) {
    super();
    this.localAddress = end.local.address;
    this.localPort = end.local.port;
    this.remoteAddress = end.remote.address;
    this.remotePort = end.remote.port;
    this.#deliveries = deliveries;
    this.#clock = clock;
    // A program that does not care that its peer went away must not take the whole process with it.
    this.on('error', ignore);
  }

  /** The two ends of a new connection. */
  static pair(
    client: ConnectionEnd,
    server: ConnectionEnd,
    deliveries: DeliveryQueue,
    clock: Clock,
  ): [PodConnection, PodConnection] {
    const a = new PodConnection(client, deliveries, clock);
    const b = new PodConnection(server, deliveries, clock);
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  reset(): void {
    this.#resetting = true;
    this.destroy();
  }

  /** As net.Socket's: destroys once all that was written has been handed over. Node's HTTP server asks for it. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** As the base class has it; but ending once more, as Node's HTTP server does at each end, makes no error that nobody hears of. */
  override end(...given: unknown[]): this {
    if (given.length > 0 || !this.writableEnded) super.end(...(given as []));
    return this;
  }

  setTimeout(milliseconds: number, callback?: () => void): this {
    this.#idleTimeoutMs = milliseconds;
    if (callback !== undefined) {
      if (milliseconds > 0) this.once('timeout', callback);
      else this.removeListener('timeout', callback);
    }
    if (milliseconds > 0 && !this.destroyed) {
      this.#lastActiveMs = this.#clock.now();
      this.#idleTimer?.cancel();
      this.#armIdleTimer(milliseconds);
    }
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    const done = this.#waitingWrite;
    if (done === undefined) return;
    this.#waitingWrite = undefined;
    done();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    const peer = this.#peer;
    if (peer.destroyed) return done(new NetError(this.readableEnded ? 'EPIPE' : 'ECONNRESET', 'write'));
    if (this.#deliveries.mayArriveNow()) peer.#receive(chunk, done);
    else {
      this.#chunkQueued = true;
      this.#deliveries.enqueue(() => {
        this.#chunkQueued = false;
        if (peer.destroyed) done();
        else peer.#receive(chunk, done);
      });
    }
    if (this.#idleTimeoutMs > 0) this.#lastActiveMs = this.#clock.now();
  }

  override _final(done: () => void): void {
    this.#sendEnd();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#idleTimer?.cancel();
    const peer = this.#peer;
    if (this.#resetting || this.readableLength > 0) peer.destroy(new NetError('ECONNRESET', 'read'));
    else this.#sendEnd();
    this.#release();
    peer.#release();
    this.keeper?.closed(this);
    done(error);
  }

  #receive(chunk: Buffer, done: () => void): void {
    if (this.#idleTimeoutMs > 0) this.#lastActiveMs = this.#clock.now();
    if (this.push(chunk)) done();
    else this.#waitingWrite = done;
  }

  #sendEnd(): void {
    // A FIN does not overtake the bytes before it.
    if (this.#chunkQueued) this.#deliveries.enqueue(() => this.#peer.#receiveEnd());
    else this.#peer.#receiveEnd();
  }

  #receiveEnd(): void {
    if (this.#endReceived || this.destroyed) return;
    this.#endReceived = true;
    this.push(null);
  }

  /** Lets a write go that nobody will make room for any more. */
  #release(): void {
    const done = this.#waitingWrite;
    this.#waitingWrite = undefined;
    done?.();
  }

  #armIdleTimer(delayMs: number): void {
    this.#idleTimer = this.#clock.setTimer(delayMs, () => {
      this.#idleTimer = undefined;
      if (this.#idleTimeoutMs === 0 || this.destroyed) return;
      const left = this.#lastActiveMs + this.#idleTimeoutMs - this.#clock.now();
      if (left > 0) this.#armIdleTimer(left);
      else this.emit('timeout');
    });
  }
}
