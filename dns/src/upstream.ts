import { socketAddressText, type Runtime, type SocketAddress } from '@kubarium/shared';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { HEADER_BYTES } from './message-reader.ts';
import { framed, FrameReader } from './tcp-frames.ts';

/**
 * Asks another DNS server what this one does not know: a whole query, for a whole response. Over UDP the response may be cut short,
 * as its TC bit says; then ask over TCP. Rejects where none comes.
 */
export type Upstream = (query: Uint8Array, transport: 'udp' | 'tcp') => Promise<Uint8Array>;

const UDP_TIMEOUT_MS = 2_000;
const UDP_ATTEMPTS = 2;
const TCP_TIMEOUT_MS = 5_000;

/**
 * Forwards queries to a DNS server of the real network, over real sockets, each with a socket of its own and an id of its own. Only
 * `kubarium up --dns-upstream` has one.
 */
export const forwardTo =
  (server: SocketAddress, runtime: Runtime): Upstream =>
  async (query, transport) => {
    const id = runtime.random.integer(0x1_0000);
    const ask = transport === 'udp' ? askUdp : askTcp;
    for (let attempt = 0; attempt < (transport === 'udp' ? UDP_ATTEMPTS : 1); attempt++) {
      const response = await ask(server, runtime, withId(query, id), id);
      if (response !== undefined) return withId(response, Buffer.from(query).readUInt16BE(0));
    }
    throw new Error(`the upstream DNS server ${socketAddressText(server)} does not answer`);
  };

function askUdp(
  { address, port }: SocketAddress,
  runtime: Runtime,
  query: Buffer,
  id: number,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const end = (response: Buffer | undefined): void => {
      timer.cancel();
      socket
        .removeAllListeners()
        .on('error', () => {})
        .close();
      resolve(response);
    };
    const timer = runtime.clock.setTimer(UDP_TIMEOUT_MS, () => end(undefined));
    socket
      .on('error', () => end(undefined))
      .on('message', (message) => {
        if (answers(message, id)) end(message);
      });
    socket.connect(port, address, () => socket.send(query));
  });
}

function askTcp(
  { address: host, port }: SocketAddress,
  runtime: Runtime,
  query: Buffer,
  id: number,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const frames = new FrameReader();
    const socket = connect({ host, port });
    const end = (response?: Buffer): void => {
      timer.cancel();
      socket.destroy();
      resolve(response);
    };
    const timer = runtime.clock.setTimer(TCP_TIMEOUT_MS, end);
    socket
      .on('connect', () => socket.write(framed(query)))
      .on('data', (chunk) => {
        for (const message of frames.read(chunk)) if (answers(message, id)) end(message);
      })
      .on('error', () => end())
      .on('close', () => end());
  });
}

/** Whether it is an answer to this question: whoever guesses must guess the id too. */
const answers = (message: Buffer, id: number): boolean =>
  message.length >= HEADER_BYTES && message.readUInt16BE(0) === id && (message[2]! & 0x80) !== 0;

function withId(message: Uint8Array, id: number): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(id, 0);
  return copy;
}
