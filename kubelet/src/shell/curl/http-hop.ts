import type { Hop } from '@kubarium/shared';
import type { IncomingMessage } from 'node:http';
import type { HttpUrl } from '../http-client.ts';
import type { CurlError } from './curl-error.ts';
import type { CurlRequest } from './curl-request.ts';
import type { Transfer } from './transfer.ts';

/** What a trace says of an answer. */
export function answeredHop(url: HttpUrl, request: CurlRequest, response: IncomingMessage): Hop {
  const status = response.statusCode ?? 0;
  return {
    stage: 'http',
    where: `${url.host}:${url.port}`,
    asked: `${request.method} ${request.path}`,
    verdict: `${status} ${response.statusMessage ?? ''}`.trim(),
    reason: `the server answered with HTTP/${response.httpVersion}, ${response.headers['content-type'] ?? 'no content type'}`,
    ok: status < 400,
    facts: { status, headers: response.headers },
  };
}

/** What a trace says of a connection on which nothing was answered. */
export const unansweredHop = ({ host, port }: Transfer, failure: CurlError): Hop => ({
  stage: 'http',
  where: `${host}:${port}`,
  asked: 'an answer',
  verdict: 'none',
  reason: failure.message,
  ok: false,
  facts: { exitCode: failure.code },
});
