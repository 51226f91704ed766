import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import type { KubariumProcess } from './kubarium-process.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Sending {
  readonly body?: string | Buffer | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** An open watch. */
export interface WatchHandle {
  /** Resolves when the stream is over, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Bare HTTPS to an API server as its administrator: what is sent is what arrives, what comes back is not judged. */
export class ApiConnection implements Disposable {
  readonly #url: string;
  readonly #token: string;
  readonly #agent: Agent;

  /** Without a CA the server's certificate is not looked at. */
  constructor(url: string, token: string, ca: string | undefined, maxSockets = 64) {
    this.#url = url;
    this.#token = token;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets,
      ...(ca === undefined ? { rejectUnauthorized: false } : { ca }),
    });
  }

  static to(cluster: KubariumProcess): ApiConnection {
    const token = readFileSync(join(cluster.dataDir, 'pki', 'admin.token'), 'utf8').trim();
    return new ApiConnection(cluster.url, token, readFileSync(cluster.caFile, 'utf8'));
  }

  /** Resolves with the head of the reply; rejects where the connection fails before. */
  open(method: string, path: string, { body, headers }: Sending = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = httpsRequest(
        this.#url + path,
        {
          method,
          agent: this.#agent,
          headers: {
            Authorization: `Bearer ${this.#token}`,
            ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
            ...headers,
          },
        },
        resolve,
      );
      request.once('error', reject);
      request.end(body);
    });
  }

  /** Resolves with the whole reply; rejects where the connection fails before its end. */
  async send(method: string, path: string, sending: Sending = {}): Promise<Reply> {
    const response = await this.open(method, path, sending);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { status: response.statusCode!, headers: response.headers, text };
  }

  sendJson(method: string, path: string, body: unknown, contentType = 'application/json'): Promise<Reply> {
    return this.send(method, path, { body: JSON.stringify(body), headers: { 'Content-Type': contentType } });
  }

  /** The reply's JSON; rejects on anything but success. */
  async json<T>(method: string, path: string, body?: unknown, contentType?: string): Promise<T> {
    const reply =
      body === undefined ? await this.send(method, path) : await this.sendJson(method, path, body, contentType);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return JSON.parse(reply.text) as T;
  }

  /** Opens a watch (`path` with `watch=true`) and hands over each whole line of it. */
  watch(path: string, onLine: (line: string) => void): WatchHandle {
    let stopped = false;
    let response: IncomingMessage | undefined;
    const read = async (): Promise<void> => {
      response = await this.open('GET', path);
      if (stopped) return void response.destroy();
      let rest = '';
      for await (const chunk of response.setEncoding('utf8')) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop()!;
        for (const line of lines) if (!stopped) onLine(line);
      }
    };
    return {
      ended: read().catch(() => undefined),
      stop() {
        stopped = true;
        response?.destroy();
      },
    };
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
