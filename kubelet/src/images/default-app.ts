import type { IncomingMessage, ServerResponse } from 'node:http';
import { timestamp } from '@kubarium/shared';
import { connectionOf, readBody, serveHttp } from '../container/http-server.ts';
import type { Process, Program } from '../container/process.ts';
import { defineImage } from './define-image.ts';

const DEFAULT_PORT = 8080;

/**
 * A web app for images that nobody simulates (`my-backend-app`): it listens on the container's declared TCP ports, or on 8080
 * (or `$PORT`) where none is declared, and answers every request with where it arrived and what it saw: text for people, JSON for those who
 * accept it. SIGTERM ends it with 0.
 */
const defaultApp: Program = (process) =>
  new Promise((resolve) => {
    const ports = new Set(
      process.pod.ports.filter(({ protocol }) => protocol === 'TCP').map(({ containerPort }) => containerPort),
    );
    if (ports.size === 0) ports.add(Number(process.env['PORT'] ?? DEFAULT_PORT) || DEFAULT_PORT);
    const listeners = [...ports].map((port) =>
      serveHttp(process, { port }, (request, response) => void answer(process, port, request, response)),
    );
    process.stdout.write(`listening on port ${[...ports].join(', ')}\n`);
    let inFlight = 0;
    let ending = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.onSignal(signal, () => {
        ending = true;
        for (const listener of listeners) listener[Symbol.dispose]();
        if (inFlight === 0) resolve(0);
      });

    async function answer(
      from: Process,
      port: number,
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<void> {
      inFlight++;
      response.on('close', () => {
        if (--inFlight === 0 && ending) resolve(0);
      });
      let body;
      try {
        body = (await readBody(request)).toString();
      } catch {
        // The client went away; there is nobody to answer.
        return;
      }
      const { pod } = from;
      const client = connectionOf(request);
      const facts = {
        pod: pod.name,
        namespace: pod.namespace,
        ip: pod.ip,
        node: pod.node,
        container: pod.container,
        image: pod.image,
        port,
        client: `${client.remoteAddress}:${client.remotePort}`,
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body,
      };
      from.stdout.write(
        `${timestamp(from.runtime.clock.now())} ${client.remoteAddress} ${facts.method} ${facts.path} 200\n`,
      );
      const asJson = /\bjson\b/.test(request.headers.accept ?? '');
      response.setHeader('Content-Type', asJson ? 'application/json' : 'text/plain; charset=utf-8');
      const text = asJson ? `${JSON.stringify(facts)}\n` : asText(facts);
      response.setHeader('Content-Length', Buffer.byteLength(text));
      response.end(text);
    }
  });

function asText({
  headers,
  body,
  ...facts
}: { headers: IncomingMessage['headers']; body: string } & Record<string, unknown>): string {
  const rows = Object.entries({ ...facts, request: `${String(facts['method'])} ${String(facts['path'])}` })
    .filter(([name]) => name !== 'method' && name !== 'path')
    .map(([name, value]) => `${`${name}:`.padEnd(11)}${String(value)}\n`);
  const seen = Object.entries(headers).map(([name, value]) => `  ${name}: ${String(value)}\n`);
  return [
    `Hello from ${String(facts['pod'])}!\n`,
    ...rows,
    'headers:\n',
    ...seen,
    ...(body === '' ? [] : [`body:\n${body}\n`]),
  ].join('');
}

export const defaultAppImage = defineImage({
  entrypoint: ['/app'],
  programs: { '/app': defaultApp },
  sizeBytes: 25_000_000,
});
