import type { Duplex } from 'node:stream';
import type { KubeletApi, Pod } from '@kubarium/shared';
import type { RawData, WebSocket } from 'ws';
import { portForwardFailure } from './port-forward-failure.ts';

/**
 * Port forwarding over plain WebSocket channels: two channels a port, data (even) and error (odd). Each begins with a message that
 * holds the port number, 16 bits little-endian. One connection a port, for as long as the WebSocket.
 */
export const PORT_CHANNEL_PROTOCOLS = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'] as const;

export function forwardChannels(
  socket: WebSocket,
  protocol: string,
  ports: readonly number[],
  kubelet: KubeletApi,
  pod: Pod,
): void {
  const isBase64 = protocol.includes('base64');
  const send = (channel: number, data: Buffer): void => {
    if (socket.readyState !== socket.OPEN) return;
    const message = isBase64 ? `${channel}${data.toString('base64')}` : Buffer.concat([Buffer.of(channel), data]);
    socket.send(message, { binary: !isBase64 });
  };
  const connections: (Duplex | undefined)[] = [];
  const early: Buffer[][] = ports.map(() => []);
  socket.on('message', (raw: RawData) => {
    const bytes = Buffer.isBuffer(raw) ? raw : Buffer.concat(Array.isArray(raw) ? raw : [Buffer.from(raw)]);
    const channel = isBase64 ? bytes[0]! - 0x30 : bytes[0]!;
    const data = isBase64 ? Buffer.from(bytes.toString('latin1', 1), 'base64') : bytes.subarray(1);
    if (channel % 2 !== 0) return;
    const connection = connections[channel / 2];
    if (connection === undefined) early[channel / 2]?.push(data);
    else if (!connection.write(data)) {
      socket.pause();
      connection.once('drain', () => socket.resume());
    }
  });
  socket.once('close', () => {
    for (const connection of connections) connection?.destroy();
  });
  let open = ports.length;
  const done = (): void => {
    if (--open === 0) socket.close(1000);
  };
  ports.forEach((port, index) => {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    send(index * 2, number);
    send(index * 2 + 1, number);
    kubelet.portForward(pod, port).then(
      (connection) => {
        connections[index] = connection;
        if (socket.readyState !== socket.OPEN) return void connection.destroy();
        for (const data of early[index]!) connection.write(data);
        connection.on('data', (data: Buffer) => send(index * 2, data));
        connection.on('error', () => connection.destroy());
        connection.once('close', done);
      },
      (failure: unknown) => {
        send(index * 2 + 1, Buffer.from(portForwardFailure(pod, port, failure)));
        done();
      },
    );
  });
}
