import { finished } from 'node:stream';
import { sendText } from '../object-response.ts';
import { logOptions } from './log-options.ts';
import { podContainer } from './pod-container.ts';
import { podOf, type StreamingHandler } from './streaming-call.ts';

/** GET `pods/log`: a container's output as plain text, as it comes where it is followed. */
export const podLog: StreamingHandler = async (call) => {
  const { reply, query, services } = call;
  const options = logOptions(query, call.info.name!);
  const pod = await podOf(call);
  const container = podContainer(pod, query.get('container'));
  // A pod that has no node yet has no logs, which is not an error.
  const node = pod.spec?.nodeName;
  if (node === undefined || node === '') return sendText(reply, 204, '', 'text/plain');
  const log = await services.nodes.kubelet(node).containerLogs(pod, { ...options, container });
  const { raw } = reply.hijack();
  raw.writeHead(200, { 'Content-Type': 'text/plain' });
  raw.flushHeaders();
  const stop = (): void => void log.destroy();
  raw.once('close', stop);
  services.closing.addEventListener('abort', stop, { once: true });
  finished(log, () => {
    services.closing.removeEventListener('abort', stop);
    raw.end();
  });
  log.pipe(raw, { end: false });
  return reply;
};
