import { serveHttp } from '../../container/http-server.ts';
import type { Program } from '../../container/process.ts';
import { defineImage } from '../define-image.ts';
import { flag } from './flag.ts';
import { untilSignal } from './until-signal.ts';

/** hashicorp/http-echo: `-text` on `-listen :5678`. */
const httpEchoProgram: Program = async (process) => {
  const text = flag(process, '-text', '--text') ?? process.env['ECHO_TEXT'];
  if (text === undefined) {
    process.stderr.write('Missing -text option!\n');
    return 127;
  }
  const port = Number(/(\d+)$/.exec(flag(process, '-listen', '--listen') ?? ':5678')?.[1] ?? 5678);
  const status = Number(flag(process, '-status-code', '--status-code') ?? 200);
  serveHttp(process, { port }, (request, response) => {
    request.resume();
    response.statusCode = status;
    response.setHeader('X-App-Name', 'http-echo');
    response.setHeader('X-App-Version', '1.0.0');
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(`${text}\n`);
    process.stdout.write(
      `${request.headers.host ?? ''} ${request.socket.remoteAddress ?? ''} "${request.method} ${request.url} HTTP/${request.httpVersion}" ${status} ${text.length + 1}\n`,
    );
  });
  return untilSignal(process);
};

export const httpEcho = defineImage({
  entrypoint: ['/http-echo'],
  programs: { '/http-echo': httpEchoProgram },
  sizeBytes: 3_000_000,
});
