import { addAbortListener } from 'node:events';
import type { Connection, Datagram } from '@kubarium/shared';
import { NetError } from '@kubarium/shared';
import { nameOfAddress } from '../../container/name-of-address.ts';
import type { Process } from '../../container/process.ts';
import { complain, readChunk, write } from '../../container/standard-io.ts';
import type { Options } from '../command.ts';
import { command, UsageError } from '../command.ts';
import { dialFirst, resolveHost, ResolveError } from '../http-client.ts';
import { relay } from '../relay.ts';

const USAGE = 'usage: nc [-46klNnuvz] [-p source_port] [-q seconds] [-w timeout] [destination] [port]';

/** `nc [-lkuvzn] [-w seconds] [-p port] [host] port`, after OpenBSD's. */
export const nc = command({ letters: 'lkuvzntw:p:q:s:46Ni:' }, async (process, options) => {
  const operands = [...options.operands];
  const portText = options.has('l') && options.has('p') ? options.value('p') : operands.pop();
  const ports = /^(\d+)(?:-(\d+))?$/.exec(portText ?? '');
  if (ports === null) throw new UsageError(portText === undefined ? USAGE : `port number invalid: ${portText}`);
  const first = Number(ports[1]);
  const last = Number(ports[2] ?? ports[1]);
  if (last > 65_535) throw new UsageError(`port number too large: ${last}`);
  if (options.has('l')) {
    try {
      return await (options.has('u') ? serveUdp : serveTcp)(process, first, options);
    } catch (error) {
      if (!(error instanceof NetError) || error.code !== 'EADDRINUSE') throw error;
      await complain(process, 'Address already in use');
      return 1;
    }
  }
  const host = operands[0];
  if (host === undefined) throw new UsageError(USAGE);
  let status = 1;
  for (let port = first; port <= last; port++) {
    try {
      const addresses = await resolveHost(process, host);
      const result = options.has('u')
        ? await talkUdp(process, options, addresses[0]!, port)
        : await talkTcp(process, options, host, addresses, port);
      if (result === 0) status = 0;
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      await complain(process, `getaddrinfo for host "${host}" port ${port}: Name or service not known`);
      return 1;
    }
  }
  return status;
});

/** A host as it was named, and its address where that is another. */
const told = (host: string, address: string): string => (host === address ? host : `${host} (${address})`);

/** A client, by name where it has one and `-n` does not forbid to ask. */
const clientText = async (process: Process, options: Options, { address, port }: Datagram['from']): Promise<string> =>
  `Connection received on ${(options.has('n') ? undefined : await nameOfAddress(process, address)) ?? address} ${port}\n`;

/** Why a connection was not made, in the words of libc. */
export const CONNECT_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  ETIMEDOUT: 'Operation timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
};

async function talkTcp(
  process: Process,
  options: Options,
  host: string,
  addresses: readonly string[],
  port: number,
): Promise<number> {
  const timeoutMs = options.has('w') ? options.number('w')! * 1000 : undefined;
  const verbose = options.has('v');
  let connection: Connection;
  try {
    connection = await dialFirst(process, addresses, port, { timeoutMs });
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    if (verbose)
      await complain(
        process,
        `connect to ${told(host, addresses[0]!)} port ${port} (tcp) failed: ${CONNECT_ERRORS[error.code] ?? error.code}`,
      );
    return 1;
  }
  if (verbose)
    await write(
      process,
      `Connection to ${told(host, connection.remoteAddress)} ${port} port [tcp/*] succeeded!\n`,
      process.stderr,
    );
  if (options.has('z')) {
    connection.destroy();
    return 0;
  }
  await relay(process, connection, {
    idleMs: timeoutMs,
    closesOnEof: options.has('N') || options.number('q') !== undefined,
  });
  return 0;
}

async function talkUdp(process: Process, options: Options, address: string, port: number): Promise<number> {
  const waitMs = (options.number('w') ?? (options.has('z') ? 1 : Infinity)) * 1000;
  const received: (Buffer | undefined)[] = [];
  let wake = (): void => {};
  let refused = false;
  const socket = process.network.bind({
    port: Number(options.value('p') ?? 0),
    onDatagram: ({ data }) => {
      received.push(Buffer.from(data));
      wake();
    },
    onError: () => {
      refused = true;
      wake();
    },
  });
  if (options.has('v') && !options.has('z'))
    await write(process, `Connection to ${address} ${port} port [udp/*] succeeded!\n`, process.stderr);
  if (options.has('z')) socket.send(Buffer.from('X'), { address, port });
  const sending = (async () => {
    for (let chunk; (chunk = await readChunk(process.stdin, process.killed)) !== undefined;)
      socket.send(chunk, { address, port });
  })().catch(() => {});
  for (;;) {
    for (let chunk; (chunk = received.shift()) !== undefined;) await write(process, chunk);
    if (refused) break;
    const { promise: expired, resolve } = Promise.withResolvers<boolean>();
    const timer = waitMs === Infinity ? undefined : process.runtime.clock.setTimer(waitMs, () => resolve(true));
    using _killed = addAbortListener(process.killed, () => resolve(true));
    wake = () => resolve(false);
    if (received.length > 0 || refused) wake();
    const isOver = await expired;
    timer?.cancel();
    if (isOver) break;
  }
  socket[Symbol.dispose]();
  process.killed.throwIfAborted();
  void sending;
  if (options.has('z') && options.has('v') && !refused)
    await write(process, `Connection to ${address} ${port} port [udp/*] succeeded!\n`, process.stderr);
  return refused ? 1 : 0;
}

async function serveTcp(process: Process, port: number, options: Options): Promise<number> {
  do {
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    const listener = process.network.listen({ port }, (accepted) => {
      listener[Symbol.dispose]();
      resolve(accepted);
    });
    using _killed = addAbortListener(process.killed, () => reject(process.killed.reason));
    if (options.has('v')) await write(process, `Listening on 0.0.0.0 ${port}\n`, process.stderr);
    const connection = await promise;
    if (options.has('v'))
      await write(
        process,
        await clientText(process, options, { address: connection.remoteAddress, port: connection.remotePort }),
        process.stderr,
      );
    await relay(process, connection, {
      idleMs: options.has('w') ? options.number('w')! * 1000 : undefined,
      closesOnEof: true,
    });
  } while (options.has('k'));
  return 0;
}

async function serveUdp(process: Process, port: number, options: Options): Promise<number> {
  const say = (text: string): Promise<void> =>
    options.has('v') ? write(process, text, process.stderr) : Promise.resolve();
  let peer: Datagram['from'] | undefined;
  let writing = Promise.resolve();
  const socket = process.network.bind({
    port,
    onDatagram: ({ data, from }) => {
      const isFirst = peer === undefined;
      peer ??= from;
      writing = writing
        .then(async () => {
          if (isFirst) await say(await clientText(process, options, from));
          await write(process, data);
        })
        .catch(() => {});
    },
  });
  await say(`Bound on 0.0.0.0 ${port}\n`);
  for (let chunk; (chunk = await readChunk(process.stdin, process.killed)) !== undefined;)
    if (peer !== undefined) socket.send(chunk, peer);
  await new Promise((_resolve, reject) =>
    process.killed.addEventListener('abort', () => reject(process.killed.reason)),
  );
  return 0;
}
