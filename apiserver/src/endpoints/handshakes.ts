import type { Server } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { realClock } from '@kubarium/shared';
import { peerOf } from './peer.ts';

/** How many turns of the event loop a request waits at most. */
const MOST_TURNS = 16;

/** A connection that is not secure by then is not waited for any more. */
const PATIENCE_MS = 100;

/**
 * Lets connections that are being opened go before requests. A client written in Go opens a connection for each request that finds none
 * free; a busy one whose handshakes wait behind its requests opens several times as many as it can use, and each of them costs as much as
 * three requests.
 */
export class Handshakes {
  /** By peer. */
  readonly #open = new Set<string>();
  #newestMs = 0;

  constructor(server: Pick<Server, 'on'>) {
    server.on('connection', (socket: Duplex) => {
      // The pod network's connections take no time, and must not take any: not a turn more on a busy machine than on another.
      if (!(socket instanceof Socket)) return;
      const peer = peerOf(socket);
      this.#newestMs = realClock.now();
      this.#open.add(peer);
      socket.once('close', () => this.#open.delete(peer));
    });
    server.on('secureConnection', (socket: Socket) => {
      this.#open.delete(peerOf(socket));
    });
  }

  /** Calls back at once where no connection is being opened, else once that is over, or a few turns later. */
  before(callback: () => void, turns = MOST_TURNS): void {
    if (this.#open.size === 0 || turns === 0 || realClock.now() - this.#newestMs > PATIENCE_MS) return callback();
    setImmediate(() => this.before(callback, turns - 1));
  }
}
