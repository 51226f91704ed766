import type { Process, Program } from '../container/process.ts';
import { serveHttp } from '../container/http-server.ts';
import { connectionOf, readBody } from '../container/http-server.ts';
import { defineImage } from './define-image.ts';

const untilSignal = (process: Process): Promise<number> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.onSignal(signal, () => resolve(0));
  });

function flag(process: Process, ...names: string[]): string | undefined {
  const { argv } = process;
  for (const [i, argument] of argv.entries())
    for (const name of names) {
      if (argument === name) return argv[i + 1];
      if (argument.startsWith(`${name}=`)) return argument.slice(name.length + 1);
    }
  return undefined;
}

/** traefik/whoami: the request and where it arrived, as text. */
const whoamiProgram: Program = (process) => {
  const port = Number(flag(process, '--port', '-port') ?? process.env['WHOAMI_PORT_NUMBER'] ?? 80);
  serveHttp(process, { port }, (request, response) => {
    request.resume();
    const headers = Object.entries(request.headers)
      .filter(([name]) => name !== 'host')
      .map(([name, value]) => `${name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())}: ${String(value)}\n`);
    const { remoteAddress, remotePort } = connectionOf(request);
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(
      `Hostname: ${process.pod.hostname ?? process.pod.name}\nIP: 127.0.0.1\nIP: ${process.pod.ip}\nRemoteAddr: ${remoteAddress}:${remotePort}\n${request.method} ${request.url} HTTP/${request.httpVersion}\nHost: ${request.headers.host ?? ''}\n${headers.join('')}\n`,
    );
  });
  return untilSignal(process);
};

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

/** ealen/echo-server: the request as JSON. */
const echoServerProgram: Program = (process) => {
  serveHttp(process, { port: Number(process.env['PORT'] ?? 80) }, (request, response) => {
    void readBody(request).then(
      (body) => {
        response.setHeader('Content-Type', 'application/json; charset=utf-8');
        response.end(
          JSON.stringify({
            host: { hostname: request.headers.host, ip: connectionOf(request).remoteAddress, ips: [] },
            http: { method: request.method, baseUrl: '', originalUrl: request.url, protocol: 'http' },
            request: { params: {}, query: {}, cookies: {}, body: body.toString(), headers: request.headers },
            environment: { ...process.env, HOSTNAME: process.pod.hostname ?? process.pod.name },
          }),
        );
      },
      () => response.destroy(),
    );
  });
  return untilSignal(process);
};

export const whoami = defineImage({
  entrypoint: ['/whoami'],
  programs: { '/whoami': whoamiProgram },
  sizeBytes: 2_900_000,
});
export const httpEcho = defineImage({
  entrypoint: ['/http-echo'],
  programs: { '/http-echo': httpEchoProgram },
  sizeBytes: 3_000_000,
});
export const echoServer = defineImage({
  entrypoint: ['/echo-server'],
  programs: { '/echo-server': echoServerProgram },
  sizeBytes: 40_000_000,
});
