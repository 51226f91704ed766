import { styleText } from 'node:util';
import type { Trace } from '@kubarium/cluster';

const SOURCE_WIDTH = 24;
const DESTINATION_WIDTH = 40;

/**
 * One connection or datagram as a line of a live stream; what failed has its reason on a line of its own.
 *
 *     12:30:01  TCP  default/frontend          default/backend (10.96.1.1:80)          ✓ default/backend-1 (10.244.1.3:8080)
 *     12:30:01  UDP  default/frontend          kube-system/kube-dns (backend.default.svc.cluster.local A)  ✓ ...
 *     12:30:02  TCP  default/frontend          10.96.1.1:81                            ✗ dropped
 *                    Service default/backend has no port 81/TCP; it has 80/TCP
 */
export function followedText({ metadata, spec, status }: Trace): string {
  const { verdict, reason, source, destination, service } = status;
  const ok = verdict === 'Delivered';
  const time = /T(\d\d:\d\d:\d\d)/.exec(metadata.creationTimestamp)?.[1] ?? '';
  const asked = service === undefined ? spec.destination! : `${service} (${spec.question ?? spec.destination})`;
  const reached = destination === undefined ? '' : placeText(destination, spec.destination!);
  const what = ok ? reached : `${verdict.toLowerCase()}${reached === '' ? '' : ` at ${reached}`}`;
  const line = [
    time,
    `${spec.protocol}`,
    (source.pod ?? source.node).padEnd(SOURCE_WIDTH),
    asked.padEnd(DESTINATION_WIDTH),
    styleText(ok ? 'green' : 'red', `${ok ? '✓' : '✗'} ${what}`),
  ].join('  ');
  return ok ? `${line}\n` : `${line}\n${' '.repeat(15)}${styleText('dim', reason)}\n`;
}

const placeText = (
  { pod, node, address, port }: NonNullable<Trace['status']['destination']>,
  asked: string,
): string => {
  const socket = `${address}:${port}`;
  const name = pod ?? node;
  if (name === undefined) return socket;
  return socket === asked ? name : `${name} (${socket})`;
};
