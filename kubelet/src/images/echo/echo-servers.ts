import { sleep } from '@kubarium/shared';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connectionOf, readBody, serveHttp } from '../../container/http-server.ts';
import type { Process, Program } from '../../container/process.ts';
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from '../agnhost/localhost-certificate.ts';
import type { Image } from '../image.ts';
import { defineImage } from '../define-image.ts';
import { headerName } from './header-name.ts';
import { untilSignal } from './until-signal.ts';

/** A request as it came, with its body and the place where it arrived. */
interface Echoed {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: string;
  readonly hostname: string;
  readonly client: string;
}

type Answer = (echoed: Echoed, process: Process, response: ServerResponse) => Promise<string> | string;

/** A server that answers each request out of what it was. */
function echo(process: Process, port: number, answer: Answer, tls?: { cert: string; key: string }): void {
  const hostname = process.pod.hostname ?? process.pod.name;
  serveHttp(process, { port, tls }, (request, response) => {
    void (async () => {
      try {
        const body = (await readBody(request)).toString();
        const url = new URL(request.url ?? '/', 'http://echo');
        // The client's address is that of the connection below TLS.
        const client = tls === undefined ? connectionOf(request).remoteAddress : (request.socket.remoteAddress ?? '');
        response.end(await answer({ request, url, body, hostname, client }, process, response));
      } catch {
        response.destroy();
      }
    })();
  });
}

const nameOf = ({ request }: Echoed): string => (request.headers.host ?? '').replace(/:\d+$/, '');
const queryOf = ({ url }: Echoed): object => Object.fromEntries(url.searchParams);

/** ealen/echo-server: JSON; `?echo_code=`, `?echo_body=` and `?echo_time=` (or X-ECHO-...) tell how to answer. */
const ealen: Program = (process) => {
  echo(process, Number(process.env['PORT'] ?? 80), async (echoed, { runtime, env }, response) => {
    const { request, url, body, hostname, client } = echoed;
    const wish = (name: string): string | undefined =>
      url.searchParams.get(`echo_${name}`) ?? (request.headers[`x-echo-${name}`] as string | undefined);
    const delayMs = Math.min(Number(wish('time') ?? 0) || 0, 60_000);
    if (delayMs > 0) await sleep(runtime.clock, delayMs, process.killed);
    const code = Number(wish('code') ?? 200);
    if (code >= 200 && code < 600) response.statusCode = code;
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    const wanted = wish('body');
    if (wanted !== undefined) return JSON.stringify(wanted);
    const { method, headers } = request;
    return JSON.stringify({
      host: { hostname: nameOf(echoed), ip: `::ffff:${client}`, ips: [] },
      http: { method, baseUrl: '', originalUrl: request.url, protocol: 'http' },
      request: { params: { 0: url.pathname }, query: queryOf(echoed), cookies: {}, body: body || {}, headers },
      environment: { ...env, HOSTNAME: hostname },
    });
  });
  return untilSignal(process);
};

/** mendhak/http-https-echo: JSON, over HTTP on 8080 and HTTPS on 8443; it logs what it answers. */
const mendhak: Program = (process) => {
  const answer =
    (protocol: string): Answer =>
    (echoed, _, response) => {
      const { request, url, body, hostname, client } = echoed;
      response.setHeader('Content-Type', 'application/json; charset=utf-8');
      const told = {
        path: url.pathname,
        headers: request.headers,
        method: request.method,
        body,
        fresh: false,
        hostname: nameOf(echoed),
        ip: `::ffff:${client}`,
        ips: [],
        protocol,
        query: queryOf(echoed),
        subdomains: nameOf(echoed).split('.').slice(0, -2).reverse(),
        xhr: false,
        os: { hostname },
        connection: {},
      };
      process.stdout.write(`${JSON.stringify(told)}\n`);
      return JSON.stringify(told, undefined, 2);
    };
  const tls = { cert: LOCALHOST_CERTIFICATE, key: LOCALHOST_KEY };
  echo(process, Number(process.env['HTTP_PORT'] ?? 8080), answer('http'));
  echo(process, Number(process.env['HTTPS_PORT'] ?? 8443), answer('https'), tls);
  return untilSignal(process);
};

const headerLines = ({ request: { headers } }: Echoed): [string, string][] =>
  Object.entries(headers)
    .filter(([name]) => name !== 'host')
    .map(([name, value]): [string, string] => [headerName(name), String(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** kicbase/echo-server and jmalloc/echo-server: text, on 8080. */
const kicbase: Program = (process) => {
  echo(process, Number(process.env['PORT'] ?? 8080), (echoed, _, response) => {
    const { request, body, hostname } = echoed;
    response.setHeader('Content-Type', 'text/plain');
    const lines = [['Host', request.headers.host ?? ''], ...headerLines(echoed)].map(
      ([name, value]) => `${name}: ${value}\n`,
    );
    return `Request served by ${hostname}\n\nHTTP/${request.httpVersion} ${request.method} ${request.url}\n\n${lines.join('')}${body === '' ? '' : `\n${body}`}`;
  });
  return untilSignal(process);
};

/** registry.k8s.io/echoserver: text in sections, on 8080. */
const echoserver: Program = (process) => {
  echo(process, 8080, ({ request, url, body, hostname, client }, _, response) => {
    response.setHeader('Content-Type', 'text/plain');
    const headers = Object.entries(request.headers).map(([name, value]) => `${name}=${String(value)}`);
    return section(`Hostname: ${hostname}`, {
      'Pod Information': ['-no pod information available-'],
      'Server values': ['server_version=nginx: 1.13.3 - lua: 10008'],
      'Request Information': [
        `client_address=${client}`,
        `method=${request.method}`,
        `real path=${request.url}`,
        `query=${url.search.slice(1)}`,
        `request_version=${request.httpVersion}`,
        'request_scheme=http',
        `request_uri=http://${request.headers.host ?? ''}:8080${request.url}`,
      ],
      'Request Headers': headers.sort(),
      'Request Body': [body === '' ? '-no body in request-' : body],
    });
  });
  return untilSignal(process);
};

const section = (title: string, sections: Readonly<Record<string, readonly string[]>>): string =>
  `\n\n${title}\n\n${Object.entries(sections)
    .map(([name, lines]) => `${name}:\n${lines.map((line) => `\t${line}\n`).join('')}\n`)
    .join('')}`;

const image = (program: Program): Image =>
  defineImage({ entrypoint: ['/echo-server'], programs: { '/echo-server': program }, sizeBytes: 40_000_000 });

export const ealenEchoServer = image(ealen);
export const httpHttpsEcho = image(mendhak);
export const kicbaseEchoServer = image(kicbase);
export const kubernetesEchoserver = image(echoserver);
