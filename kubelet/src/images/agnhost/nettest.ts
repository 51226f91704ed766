import { readBody, serveHttp } from '../../container/http-server.ts';
import type { SubCommand } from './agnhost.ts';
import { untilEnded } from './until-ended.ts';

/** `nettest [--port 8080]`: POST /write counts who wrote, /read tells it. Simplified: it does not look for its peers by itself. */
export const nettest: SubCommand = (process, flags) => {
  const hostname = process.pod.hostname ?? process.pod.name;
  const received: Record<string, number> = {};
  serveHttp(process, { port: flags.number('port', 8080) }, (request, response) => {
    void readBody(request).then(
      (body) => {
        switch (request.url) {
          case '/write': {
            const source = /"Source"\s*:\s*"([^"]*)"/.exec(body.toString())?.[1];
            if (source === undefined) response.statusCode = 500;
            else received[source] = (received[source] ?? 0) + 1;
            return response.end(JSON.stringify({ Hostname: hostname }));
          }
          case '/read':
            return response.end(
              JSON.stringify(
                {
                  Hostname: hostname,
                  Sent: {},
                  Received: received,
                  Errors: null,
                  Log: [],
                  StillContactingPeers: false,
                },
                null,
                '\t',
              ),
            );
          case '/quit':
            return response.end();
          default:
            return response.end('pass');
        }
      },
      () => response.destroy(),
    );
  });
  return untilEnded(process);
};
