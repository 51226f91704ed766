import type { Duplex } from 'node:stream';
import type { Clock } from '@kubarium/shared';
import type { RemoteStreams } from './remote-command.ts';
import { SpdyConnection, type SpdyStream } from './spdy-connection.ts';
import { terminalSize, type Wanted } from './websocket-command.ts';

/** Remote command over SPDY: one stream each for error, stdin, stdout, stderr and, with a terminal, its size. */
export const SPDY_COMMAND_PROTOCOLS = [
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
] as const;

const STREAMS_TIMEOUT_MS = 30_000;

/** Waits for the client to open all streams of a command; rejects where it does not. */
export function spdyStreams(
  transport: Duplex,
  protocol: string,
  wanted: Wanted & { readonly tty: boolean },
  clock: Clock,
): Promise<RemoteStreams> {
  const hasSize = wanted.tty && (protocol.startsWith('v4') || protocol.startsWith('v3'));
  const expected = [
    'error',
    ...(wanted.stdin ? ['stdin'] : []),
    ...(wanted.stdout ? ['stdout'] : []),
    ...(wanted.stderr ? ['stderr'] : []),
    ...(hasSize ? ['resize'] : []),
  ];
  const { promise, resolve, reject } = Promise.withResolvers<RemoteStreams>();
  const opened = new Map<string, SpdyStream>();
  const timer = clock.setTimer(STREAMS_TIMEOUT_MS, () => {
    connection.destroy();
    reject(new Error('timed out waiting for client to create streams'));
  });
  const connection = new SpdyConnection(transport, (stream) => {
    const type = stream.headers.get('streamtype') ?? '';
    if (!expected.includes(type) || opened.has(type)) return void stream.destroy();
    opened.set(type, stream);
    if (opened.size < expected.length) return;
    timer.cancel();
    resolve(connected(connection, opened, protocol));
  });
  connection.onClose(() => {
    timer.cancel();
    reject(new Error('the client went away'));
  });
  return promise;
}

function connected(
  connection: SpdyConnection,
  streams: ReadonlyMap<string, SpdyStream>,
  protocol: string,
): RemoteStreams {
  return {
    stdin: streams.get('stdin'),
    stdout: streams.get('stdout'),
    stderr: streams.get('stderr'),
    onResize(callback) {
      let text = '';
      // Sizes follow each other as JSON objects, in as many pieces as it pleases the network.
      streams.get('resize')?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        for (let end = text.indexOf('}'); end !== -1; end = text.indexOf('}')) {
          const size = terminalSize(Buffer.from(text.slice(0, end + 1)));
          text = text.slice(end + 1);
          if (size !== undefined) callback(size.Width, size.Height);
        }
      });
    },
    onGone: (callback) => connection.onClose(callback),
    finish(status) {
      const { status: outcome, message } = status as { status: string; message?: string };
      const error = streams.get('error')!;
      if (protocol.startsWith('v4')) error.end(JSON.stringify(status));
      else if (outcome === 'Success') error.end();
      else error.end(message);
      for (const [type, stream] of streams) if (type !== 'error') stream.end();
      connection.close();
    },
  };
}
