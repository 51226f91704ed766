import { PassThrough, Writable } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { RemoteStreams } from './remote-command.ts';

/**
 * Remote command over WebSocket: each message is a channel number and data. In the base64 protocols messages are text: a digit
 * and base64. Version 5 adds channel 255, which closes the channel that it names.
 */
export const COMMAND_PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
] as const;

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;

/** How much may wait to be sent before the command's output is held back. */
const SEND_BUFFER_BYTES = 1024 * 1024;

export interface Wanted {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** The streams of a command over a WebSocket that has been accepted with one of the protocols above, or with none ('': raw). */
export function webSocketStreams(socket: WebSocket, protocol: string, wanted: Wanted): RemoteStreams {
  const isBase64 = protocol.includes('base64');
  const send = (channel: number, data: Buffer, done: () => void = () => {}): void => {
    const message = isBase64 ? `${channel}${data.toString('base64')}` : Buffer.concat([Buffer.of(channel), data]);
    socket.send(message, { binary: !isBase64 }, () => done());
  };
  const output = (channel: number): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, callback) {
        if (socket.readyState !== socket.OPEN) return callback();
        if (socket.bufferedAmount < SEND_BUFFER_BYTES) {
          send(channel, chunk);
          callback();
        } else {
          send(channel, chunk, callback);
        }
      },
    });
  const stdin = wanted.stdin ? new PassThrough() : undefined;
  let resize: (columns: number, rows: number) => void = () => {};
  socket.on('message', (raw, isBinary) => {
    const message = decoded(raw, isBinary);
    if (message === undefined) return socket.close(1003, 'message without a channel');
    const { channel, data } = message;
    if (channel === STDIN && stdin !== undefined && !stdin.writableEnded) {
      if (!stdin.write(data)) {
        socket.pause();
        stdin.once('drain', () => socket.resume());
      }
    } else if (channel === RESIZE) {
      const size = terminalSize(data);
      if (size !== undefined) resize(size.Width, size.Height);
    } else if (channel === CLOSE && data[0] === STDIN) {
      stdin?.end();
    }
  });
  // An empty message tells the client that it is connected before there is any output.
  send(wanted.stdout ? STDOUT : wanted.stderr ? STDERR : ERROR, Buffer.alloc(0));
  return {
    stdin,
    stdout: wanted.stdout ? output(STDOUT) : undefined,
    stderr: wanted.stderr ? output(STDERR) : undefined,
    onResize: (callback) => (resize = callback),
    onGone: (callback) =>
      void socket.once('close', () => {
        stdin?.destroy();
        callback();
      }),
    finish(status) {
      if (protocol.startsWith('v')) send(ERROR, Buffer.from(JSON.stringify(status)));
      else if ((status as { status: string }).status !== 'Success') {
        send(ERROR, Buffer.from((status as { message: string }).message));
      }
      socket.close(1000);
    },
  };

  function decoded(raw: RawData, isBinary: boolean): { channel: number; data: Buffer } | undefined {
    const bytes = Buffer.isBuffer(raw) ? raw : Buffer.concat(Array.isArray(raw) ? raw : [Buffer.from(raw)]);
    if (bytes.length === 0) return undefined;
    if (isBase64 && !isBinary) {
      return { channel: bytes[0]! - 0x30, data: Buffer.from(bytes.toString('latin1', 1), 'base64') };
    }
    return { channel: bytes[0]!, data: bytes.subarray(1) };
  }
}

/** The size of a terminal as clients send it: `{"Width":80,"Height":24}`. */
export function terminalSize(data: Buffer): { Width: number; Height: number } | undefined {
  try {
    const { Width, Height } = JSON.parse(data.toString()) as { Width?: unknown; Height?: unknown };
    return typeof Width === 'number' && typeof Height === 'number' ? { Width, Height } : undefined;
  } catch {
    return undefined;
  }
}
