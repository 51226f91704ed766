import type { TCPSocketAction } from '@kubarium/shared';
import { dialError } from './dial-error.ts';
import { type Attempt, probePort, type ProbeTarget, SUCCESS } from './probe-target.ts';

/** Whether a port takes connections. */
export function tcpProbe({ host, port: named }: TCPSocketAction, target: ProbeTarget, timeoutMs: number): Attempt {
  const address = host === undefined || host === '' ? target.podIP : host;
  const port = probePort(named, target.spec);
  return async () => {
    try {
      const connection = await target.network.connect({ address, port, timeoutMs });
      connection.on('error', ignore);
      connection.destroy();
      return SUCCESS;
    } catch (error) {
      return { result: 'failure', message: dialError(error, address, port) };
    }
  };
}

/** It is closed already; how it fares is nobody's business. */
const ignore = (): void => {};
