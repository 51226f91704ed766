import { NetError, timestamp } from '@kubarium/shared';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connectionOf, readBody, serveHttp } from '../../container/http-server.ts';
import type { Process } from '../../container/process.ts';
import { Sink } from '../sink.ts';
import { deadline, fetchHttp, parseHttpUrl, resolveHost } from '../../shell/http-client.ts';
import { parseDuration } from '../../shell/programs/sleep.ts';
import type { SubCommand } from './agnhost.ts';
import { tlsFiles } from './tls-files.ts';

/**
 * `netexec [--http-port 8080] [--udp-port 8081] [--tls-cert-file F --tls-private-key-file F] [--delay-shutdown SECONDS]`: HTTP(S) and UDP
 * endpoints that tell who answered, and call others; told to end, it goes on for so long.
 */
export const netexec: SubCommand = (process, flags) =>
  new Promise((resolve) => {
    const hostname = process.pod.hostname ?? process.pod.name;
    const httpPort = flags.number('http-port', 8080);
    const udpPort = flags.number('udp-port', 8081);
    let ready = udpPort === -1;
    const log = (text: string): void =>
      void process.stdout.write(`${timestamp(process.runtime.clock.now())} ${text}\n`);
    const close = (exitCode: number): void => resolve(exitCode);

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const url = new URL(request.url ?? '/', 'http://netexec');
      const query = url.searchParams;
      const client = connectionOf(request);
      const body = (await readBody(request)).toString();
      const form = new URLSearchParams(/form-urlencoded/.test(request.headers['content-type'] ?? '') ? body : '');
      const value = (name: string): string => query.get(name) ?? form.get(name) ?? '';
      const send = (status: number, text: string): void => {
        response.statusCode = status;
        response.setHeader('Content-Type', 'text/plain; charset=utf-8');
        response.setHeader('Content-Length', Buffer.byteLength(text));
        response.end(text);
      };
      log(`${request.method} ${request.url}`);
      switch (url.pathname) {
        case '/':
          return send(200, `NOW: ${timestamp(process.runtime.clock.now())}`);
        case '/hostname':
        case '/hostName':
          return send(200, hostname);
        case '/clientip':
          return send(200, `${client.remoteAddress}:${client.remotePort}`);
        case '/serverport':
          return send(200, String(client.localPort));
        case '/echo': {
          const code = value('code');
          return send(code === '' ? 200 : Number(code) || 400, value('msg'));
        }
        case '/healthz':
          return send(ready ? 200 : 412, '');
        case '/readyz':
          return send(200, 'ok');
        case '/header':
          return send(200, String(request.headers[value('key').toLowerCase()] ?? ''));
        case '/redirect': {
          response.setHeader('Location', value('location'));
          return send(Number(value('code')) || 302, '');
        }
        case '/exit':
          send(200, '');
          return afterDelay(value('timeout'), () => close(Number(value('code')) || 0));
        case '/shutdown':
          send(200, '');
          return close(0);
        case '/shell':
          return send(200, JSON.stringify(await runShell(process, value('shellCommand') || value('cmd'))));
        case '/dial':
          return send(200, JSON.stringify(await dial(process, query)));
        case '/upload':
          process.files.writeFile('/uploads/upload', body, { as: process });
          return send(201, JSON.stringify({ output: '/uploads/upload' }));
        default:
          return send(404, '404 page not found\n');
      }
    }

    function afterDelay(text: string, body: () => void): void {
      if (text === '') body();
      else process.runtime.clock.setTimer(parseDuration(text), body);
    }

    const delaySeconds = flags.number('delay-shutdown', 0);
    if (delaySeconds > 0) {
      process.onSignal('SIGTERM', () => {
        log(`Sleeping ${delaySeconds} seconds before terminating...`);
        process.runtime.clock.setTimer(delaySeconds * 1000, () => close(0));
      });
    }

    const certFile = flags.text('tls-cert-file');
    const keyFile = flags.text('tls-private-key-file');
    const tls = certFile && keyFile ? tlsFiles(process, certFile, keyFile) : undefined;
    if (httpPort !== -1)
      serveHttp(process, { port: httpPort, tls }, (request, response) => {
        answer(request, response).catch((error: unknown) => {
          if (!response.headersSent) response.statusCode = 500;
          response.end(error instanceof Error ? error.message : String(error));
        });
      });
    if (udpPort !== -1) {
      const socket = process.network.bind({
        port: udpPort,
        onDatagram: ({ data, from }) => {
          const request = Buffer.from(data).toString().trim();
          const [verb = '', ...rest] = request.split(' ');
          const reply = {
            hostname,
            echo: rest.join(' '),
            clientip: `${from.address}:${from.port}`,
            serverport: String(udpPort),
          }[verb.toLowerCase()];
          log(`Received UDP request ${request}`);
          if (reply !== undefined) socket.send(Buffer.from(reply), from);
        },
      });
      ready = true;
    }
    log(`Started HTTP server on port ${httpPort}${udpPort === -1 ? '' : `, UDP server on port ${udpPort}`}`);
  });

async function runShell(process: Process, command: string): Promise<{ output?: string; error?: string }> {
  const sink = new Sink();
  const child = await process.spawn(['/bin/sh', '-c', command], { stdout: sink, stderr: sink });
  const exitCode = await child.exit;
  return { output: sink.text, ...(exitCode !== 0 && { error: `exit status ${exitCode}` }) };
}

/** Calls another netexec over HTTP or UDP, several times. */
async function dial(process: Process, query: URLSearchParams): Promise<{ responses?: string[]; errors?: string[] }> {
  const host = query.get('host') ?? '';
  const port = Number(query.get('port') ?? 0);
  const protocol = query.get('protocol') ?? 'http';
  const request = query.get('request') ?? 'hostname';
  const tries = Math.min(Number(query.get('tries') ?? 1) || 1, 1000);
  const responses: string[] = [];
  const errors: string[] = [];
  for (let i = 0; i < tries; i++) {
    try {
      responses.push(
        protocol === 'udp' ? await dialUdp(process, host, port, request) : await dialHttp(process, host, port, request),
      );
    } catch (error) {
      process.killed.throwIfAborted();
      errors.push(
        error instanceof NetError
          ? `dial ${protocol} ${host}:${port}: ${error.code}`
          : error instanceof Error
            ? error.message
            : String(error),
      );
    }
  }
  return { ...(responses.length > 0 && { responses }), ...(errors.length > 0 && { errors }) };
}

const DIAL_TIMEOUT_MS = 5000;

async function dialHttp(process: Process, host: string, port: number, request: string): Promise<string> {
  const url = parseHttpUrl(`http://${host.includes(':') ? `[${host}]` : host}:${port}/${request.replace(/^\//, '')}`);
  if (url === undefined || 'unsupportedScheme' in url) throw new Error(`invalid host ${host}`);
  using timer = deadline(process, DIAL_TIMEOUT_MS);
  return (await fetchHttp(process, url, { signal: timer.signal })).body.toString();
}

async function dialUdp(process: Process, host: string, port: number, request: string): Promise<string> {
  const [address] = await resolveHost(process, host);
  return new Promise((resolve, reject) => {
    const socket = process.network.bind({
      port: 0,
      onDatagram: ({ data }) => finish(() => resolve(Buffer.from(data).toString().trim())),
      onError: (error) => finish(() => reject(error)),
    });
    const timer = process.runtime.clock.setTimer(DIAL_TIMEOUT_MS, () => finish(() => reject(new Error('i/o timeout'))));
    const finish = (settle: () => void): void => {
      timer.cancel();
      socket[Symbol.dispose]();
      settle();
    };
    socket.send(Buffer.from(request), { address: address!, port }, process.trace);
  });
}
