import { serveHttp } from '../../container/http-server.ts';
import { complain } from '../../container/standard-io.ts';
import type { SubCommand } from './agnhost.ts';
import { tlsFiles } from './tls-files.ts';
import { untilEnded } from './until-ended.ts';

const LOOKS_LIKE_HTML = /^\s*<(a|html|!doctype|head|body|p|div|h1|script|table)\b/i;

/**
 * `porter [--json-response]`: each `SERVE_PORT_n` answers with its value, each `SERVE_TLS_PORT_n` over TLS. Simplified:
 * SERVE_SCTP_PORT_n is told of and left out.
 */
export const porter: SubCommand = async (process, flags) => {
  for (const [name, value] of Object.entries(process.env)) {
    const [, kind, port] = /^SERVE_(TLS_|SCTP_)?PORT_(\d+)$/.exec(name) ?? [];
    if (port === undefined) continue;
    if (kind === 'SCTP_') {
      await complain(process, `${name} is not simulated`);
      continue;
    }
    const tls =
      kind === 'TLS_'
        ? tlsFiles(process, process.env['CERT_FILE'] || 'localhost.crt', process.env['KEY_FILE'] || 'localhost.key')
        : undefined;
    serveHttp(process, { port: Number(port), tls }, (request, response) => {
      request.resume();
      if (flags.on('json-response', false)) {
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify({ Method: request.method, Body: value }));
        return;
      }
      const type = LOOKS_LIKE_HTML.test(value) ? 'text/html' : 'text/plain';
      response.setHeader('Content-Type', `${type}; charset=utf-8`);
      response.end(value);
    });
  }
  return untilEnded(process);
};
