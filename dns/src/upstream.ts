import { socketAddressText, type Runtime, type SocketAddress } from '@kubarium/shared';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** Asks another DNS server what this one does not know: a whole query, for a whole response. Rejects where none comes. */
export type Upstream = (query: Uint8Array) => Promise<Uint8Array>;

const TIMEOUT_MS = 2_000;
const ATTEMPTS = 2;

/**
 * Forwards queries to a DNS server of the real network, by real UDP, each from a socket of its own with an id of its own. Only
 * `kubarium up --dns-upstream` has one. Simplified: what the server cuts short is not asked for again over TCP.
 */
export const udpUpstream =
  (server: SocketAddress, runtime: Runtime): Upstream =>
  async (query) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const response = await ask(server, runtime, query);
      if (response !== undefined) return response;
    }
    throw new Error(`the upstream DNS server ${socketAddressText(server)} does not answer`);
  };

function ask({ address, port }: SocketAddress, runtime: Runtime, query: Uint8Array): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const id = runtime.random.integer(0x1_0000);
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const end = (response: Uint8Array | undefined): void => {
      timer.cancel();
      socket
        .removeAllListeners()
        .on('error', () => {})
        .close();
      resolve(response);
    };
    const timer = runtime.clock.setTimer(TIMEOUT_MS, () => end(undefined));
    socket
      .on('error', () => end(undefined))
      .on('message', (message) => {
        // Not an answer to this question: whoever guesses must guess the id too.
        if (message.length < 12 || message.readUInt16BE(0) !== id || (message[2]! & 0x80) === 0) return;
        message.set(query.subarray(0, 2));
        end(message);
      });
    const sent = Buffer.from(query);
    sent.writeUInt16BE(id, 0);
    socket.connect(port, address, () => socket.send(sent));
  });
}
