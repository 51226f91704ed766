import { readBody, serveHttp } from '../../container/http-server.ts';
import { complain } from '../../container/standard-io.ts';
import type { SubCommand } from './agnhost.ts';
import { untilEnded } from './until-ended.ts';

/** `porter [--json-response]`: each `SERVE_PORT_n` answers with its value. Simplified: SERVE_TLS_PORT_n and SERVE_SCTP_PORT_n are told of and left out. */
export const porter: SubCommand = async (process, flags) => {
  for (const [name, value] of Object.entries(process.env)) {
    const [, kind, port] = /^SERVE_(TLS_|SCTP_)?PORT_(\d+)$/.exec(name) ?? [];
    if (port === undefined) continue;
    if (kind !== undefined) {
      await complain(process, `${name} is not simulated`);
      continue;
    }
    serveHttp(process, { port: Number(port) }, (request, response) => {
      void readBody(request).then(
        (body) => {
          const text = flags.on('json-response', false)
            ? `${JSON.stringify({ Method: request.method, Body: body.toString() })}\n`
            : value;
          response.setHeader(
            'Content-Type',
            /^\s*<(a|html|!doctype|head|body|p|div|h1|script|table)\b/i.test(text)
              ? 'text/html; charset=utf-8'
              : 'text/plain; charset=utf-8',
          );
          response.end(text);
        },
        () => response.destroy(),
      );
    });
  }
  return untilEnded(process);
};
