import type { IncomingMessage, ServerResponse } from 'node:http';
import { timestamp } from '@kubarium/shared';
import { connectionOf, readBody, serveHttp } from '../container/http-server.ts';
import type { Process, Program } from '../container/process.ts';
import { callAll, callText, type Call } from './application-calls.ts';
import { defineImage } from './define-image.ts';

const DEFAULT_PORT = 8080;

/**
 * A web app for images that nobody simulates (`my-backend-app`): it listens on the container's declared TCP ports, or on 8080
 * (or `$PORT`) where none is declared, and answers every request with where it arrived and what it saw: text for people, JSON for those who
 * accept it. SIGTERM ends it with 0.
 *
 * With `$CALLS` (URLs between spaces or commas: `http://backend redis://redis mysql://mysql postgres://db tcp://queue:5672`) it is part of
 * an application: for each request but that of /healthz it calls them all, shows what they answered, and answers 502 where one did not.
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
    const end = (): void => {
      ending = true;
      for (const listener of listeners) listener[Symbol.dispose]();
      if (inFlight === 0) resolve(0);
    };
    process.onSignal('SIGTERM', end);
    process.onSignal('SIGINT', end);

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
      const urls = request.url === '/healthz' ? '' : (from.env['CALLS'] ?? '');
      const calls = urls === '' ? [] : await callAll(from, urls);
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
        ...(calls.length > 0 && { calls }),
        headers: request.headers,
        body,
      };
      response.statusCode = calls.every(({ ok }) => ok) ? 200 : 502;
      // A kubelet's probes are not what the log is read for.
      if (request.headers['user-agent']?.startsWith('kube-probe/') !== true)
        from.stdout.write(
          `${timestamp(from.runtime.clock.now())} ${client.remoteAddress} ${facts.method} ${facts.path} ${response.statusCode}\n`,
        );
      const asJson = /\bjson\b/.test(request.headers.accept ?? '');
      response.setHeader('Content-Type', asJson ? 'application/json' : 'text/plain; charset=utf-8');
      const text = asJson ? `${JSON.stringify(facts)}\n` : asText(facts);
      response.setHeader('Content-Length', Buffer.byteLength(text));
      response.end(text);
    }
  });

/** The rows of the text form, in their order, and what stands before each. */
const ROWS = ['pod', 'namespace', 'ip', 'node', 'container', 'image', 'port', 'client'] as const;
const LABELS = ROWS.map((name) => [name, `${name}:`.padEnd(11)] as const);

type Facts = Readonly<Record<(typeof ROWS)[number] | 'method' | 'path' | 'body', string | number>> & {
  readonly headers: IncomingMessage['headers'];
  readonly calls?: readonly Call[];
};

function asText(facts: Facts): string {
  let text = `Hello from ${facts.pod}!\n`;
  for (const [name, label] of LABELS) text += `${label}${facts[name]}\n`;
  text += `request:   ${facts.method} ${facts.path}\n`;
  if (facts.calls !== undefined) text += `calls:\n${facts.calls.map(callText).join('')}`;
  text += 'headers:\n';
  for (const name in facts.headers) text += `  ${name}: ${String(facts.headers[name])}\n`;
  return facts.body === '' ? text : `${text}body:\n${facts.body}\n`;
}

export const defaultAppImage = defineImage({
  entrypoint: ['/app'],
  programs: { '/app': defaultApp },
  sizeBytes: 25_000_000,
});
