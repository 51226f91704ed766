import type { Process } from '../../container/process.ts';
import { complain } from '../../container/standard-io.ts';
import { resolveHost, ResolveError } from '../http-client.ts';

/** A port that nothing is bound to, where traceroute begins too. */
const CLOSED_PORT = 33_434;

/**
 * Whether an address answers, within a time: how `ping` and `traceroute` see the network. Simplified: the pod network has no ICMP echo, so
 * a datagram goes to a closed port, and the "port unreachable" that comes back is the answer. Like an echo request it takes the path of
 * the network: a cluster IP without such a port and a denied or missing pod stay silent.
 */
export function isReachable(process: Process, address: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (answered: boolean): void => {
      timer.cancel();
      process.killed.removeEventListener('abort', onKilled);
      socket[Symbol.dispose]();
      resolve(answered);
    };
    const onKilled = (): void => end(false);
    const socket = process.network.bind({
      port: 0,
      onDatagram: () => end(true),
      onError: () => end(true),
    });
    const timer = process.runtime.clock.setTimer(timeoutMs, () => end(false));
    process.killed.addEventListener('abort', onKilled, { once: true });
    socket.send(Buffer.alloc(32), { address, port: CLOSED_PORT });
  });
}

/** The address of a host; undefined where it has none, after saying so. */
export async function targetAddress(process: Process, host: string): Promise<string | undefined> {
  try {
    return (await resolveHost(process, host))[0]!;
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    await complain(process, `bad address '${host}'`);
    return undefined;
  }
}
