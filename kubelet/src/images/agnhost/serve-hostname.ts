import { serveHttp } from '../../container/http-server.ts';
import type { SubCommand } from './agnhost.ts';
import { untilEnded } from './until-ended.ts';

/** `serve-hostname [--port 9376] [--http] [--tcp] [--udp]`: answers with the pod's name. */
export const serveHostname: SubCommand = (process, flags) => {
  const hostname = process.pod.hostname ?? process.pod.name;
  const port = flags.number('port', 9376);
  if (flags.on('tcp', false))
    process.network.listen({ port }, (connection) => {
      connection.on('error', () => connection.destroy());
      connection.resume();
      connection.end(`${hostname}\n`);
    });
  else if (flags.on('http', true))
    serveHttp(process, { port }, (request, response) => {
      request.resume();
      process.stderr.write(`HTTP request from ${request.socket.remoteAddress ?? ''}\n`);
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.end(hostname);
    });
  if (flags.on('udp', false)) {
    const socket = process.network.bind({
      port,
      onDatagram: ({ from }) => socket.send(Buffer.from(`${hostname}\n`), from),
    });
  }
  return untilEnded(process);
};
