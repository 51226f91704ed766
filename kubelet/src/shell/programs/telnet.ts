import { NetError } from '@kubarium/shared';
import { complain, write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';
import { dialFirst, resolveHost, ResolveError } from '../http-client.ts';
import { relay } from '../relay.ts';
import { CONNECT_ERRORS } from './nc.ts';

/** Without a terminal: how long it waits for more, where busybox ends with its input and may lose the answer. */
const PATIENCE_MS = 1000;

/** `telnet host [port]`, as busybox has it, without the options of its protocol: says whether a port answers, and passes lines on. */
export const telnet = command({ letters: 'al:' }, async (process, { operands: [host, portText = '23'] }) => {
  const port = Number(portText);
  if (host === undefined || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new UsageError('usage: telnet HOST [PORT]');
  try {
    const addresses = await resolveHost(process, host);
    try {
      const connection = await dialFirst(process, addresses, port, {});
      await write(process, `Connected to ${host}\n`);
      const idleMs = process.terminal === undefined ? PATIENCE_MS : undefined;
      await relay(process, connection, { idleMs, closesOnEof: true });
      if (connection.readableEnded) await write(process, 'Connection closed by foreign host\n');
      return 0;
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      const why = CONNECT_ERRORS[error.code] ?? error.code;
      await complain(process, `can't connect to remote host (${addresses[0]}): ${why}`);
      return 1;
    }
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    await complain(process, `bad address '${host}'`);
    return 1;
  }
});
