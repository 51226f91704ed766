import type { TCPSocketAction } from '@kubarium/shared';
import { dialError } from './dial-error.ts';
import { probePort, type ProbeOutcome, type ProbeTarget, SUCCESS } from './probe-target.ts';

/** Whether a port takes connections. */
export async function tcpProbe(
  { host, port }: TCPSocketAction,
  target: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeOutcome> {
  const address = host === undefined || host === '' ? target.podIP : host;
  let number: number;
  try {
    number = probePort(port, target.spec);
  } catch (error) {
    return { result: 'error', message: (error as Error).message };
  }
  try {
    const connection = await target.network.connect({ address, port: number, timeoutMs });
    connection.on('error', () => {});
    connection.destroy();
    return SUCCESS;
  } catch (error) {
    return { result: 'failure', message: dialError(error, address, number) };
  }
}
