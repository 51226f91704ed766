import type { IncomingMessage } from 'node:http';
import { connectionOf, serveHttp } from '../../container/http-server.ts';
import type { Process, Program } from '../../container/process.ts';
import { defineImage } from '../define-image.ts';
import { flag } from './flag.ts';
import { headerName } from './header-name.ts';
import { untilSignal } from './until-signal.ts';

/** traefik/whoami: the request and where it arrived, as text, or as JSON at /api; /health. */
const whoamiProgram: Program = (process) => {
  const port = Number(flag(process, '--port', '-port') ?? process.env['WHOAMI_PORT_NUMBER'] ?? 80);
  serveHttp(process, { port }, (request, response) => {
    request.resume();
    switch (new URL(request.url ?? '/', 'http://whoami').pathname) {
      case '/health':
        return response.end();
      case '/api':
        response.setHeader('Content-Type', 'application/json');
        return response.end(`${JSON.stringify(facts(process, request))}\n`);
      default:
        response.setHeader('Content-Type', 'text/plain; charset=utf-8');
        return response.end(text(process, request));
    }
  });
  return untilSignal(process);
};

function facts(process: Process, request: IncomingMessage) {
  const { remoteAddress, remotePort } = connectionOf(request);
  const headers = Object.entries(request.headers)
    .filter(([name]) => name !== 'host')
    .map(([name, value]) => [headerName(name), [String(value)]] as const);
  return {
    hostname: process.pod.hostname ?? process.pod.name,
    ip: ['127.0.0.1', process.pod.ip],
    headers: Object.fromEntries(headers),
    url: request.url ?? '/',
    host: request.headers.host ?? '',
    method: request.method ?? 'GET',
    remoteAddr: `${remoteAddress}:${remotePort}`,
  };
}

function text(process: Process, request: IncomingMessage): string {
  const { hostname, ip, remoteAddr, method, url, host, headers } = facts(process, request);
  const { 'User-Agent': agent, ...others } = headers;
  const sorted = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `Hostname: ${hostname}`,
    ...ip.map((address) => `IP: ${address}`),
    `RemoteAddr: ${remoteAddr}`,
    `${method} ${url} HTTP/${request.httpVersion}`,
    `Host: ${host}`,
    ...(agent === undefined ? [] : [`User-Agent: ${agent[0]}`]),
    ...sorted.map(([name, [value]]) => `${name}: ${value}`),
    '\n',
  ].join('\n');
}

export const whoami = defineImage({
  entrypoint: ['/whoami'],
  programs: { '/whoami': whoamiProgram },
  sizeBytes: 2_900_000,
});
