import { Writable } from 'node:stream';
import type { WebSocket } from 'ws';

/** What is only read, over WebSocket: binary messages, or text messages of base64 (k8s.io/streaming's wsstream). None is binary. */
export const READER_PROTOCOLS = ['binary.k8s.io', 'base64.binary.k8s.io'] as const;

/** Sends what is written as messages, after an empty one, which tells the client that it is connected before there is any output. */
export function webSocketOutput(socket: WebSocket, protocol: string): Writable {
  const isBase64 = protocol.startsWith('base64');
  const send = (data: Buffer, done: () => void): void =>
    socket.send(isBase64 ? data.toString('base64') : data, { binary: !isBase64 }, () => done());
  send(Buffer.alloc(0), () => {});
  return new Writable({
    write(chunk: Buffer, _encoding, callback) {
      if (socket.readyState === socket.OPEN) send(chunk, callback);
      else callback();
    },
  });
}
