import { serveHttp } from '../../container/http-server.ts';
import type { SubCommand } from './agnhost.ts';
import { untilEnded } from './until-ended.ts';

const HEALTHY_MS = 10_000;

/** `liveness`: /healthz on 8080 is well for ten seconds, then not. */
export const liveness: SubCommand = (process) => {
  const startedMs = process.runtime.clock.now();
  serveHttp(process, { port: 8080 }, (request, response) => {
    request.resume();
    const elapsedMs = process.runtime.clock.now() - startedMs;
    if (request.url === '/healthz' && elapsedMs > HEALTHY_MS) {
      response.statusCode = 500;
      response.end(`error: ${elapsedMs / 1000}`);
    } else response.end(request.url === '/started' ? `${elapsedMs / 1000}s` : 'ok');
  });
  return untilEnded(process);
};
