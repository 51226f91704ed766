import type { Connection } from '@kubarium/shared';
import type { Process } from '../container/process.ts';
import { deadline, dialFirst, fetchHttp, parseHttpUrl, resolveHost } from '../shell/http-client.ts';
import { serverVersion } from './databases/mysql.ts';

/** What became of one call of an application to another. */
export interface Call {
  readonly url: string;
  readonly ok: boolean;
  /** One line: what answered, or why nothing did. */
  readonly answer: string;
  /** What an application that was called says of its own calls. */
  readonly calls?: readonly Call[] | undefined;
}

const TIMEOUT_MS = 5_000;

/** Calls all URLs of a text (between spaces or commas) at once; the answers come in their order. Never rejects. */
export const callAll = (process: Process, urls: string): Promise<readonly Call[]> =>
  Promise.all(
    urls
      .split(/[\s,]+/)
      .filter((url) => url !== '')
      .map((url) => call(process, url)),
  );

/** A call and those below it, indented, as text for people. */
export const callText = ({ url, ok, answer, calls = [] }: Call): string =>
  [`  ${ok ? 'ok  ' : 'FAIL'} ${url}: ${answer}\n`, ...calls.map((one) => `  ${callText(one)}`)].join('');

async function call(process: Process, url: string): Promise<Call> {
  try {
    const scheme = /^([a-z]+):\/\//.exec(url)?.[1] ?? 'http';
    return scheme === 'http'
      ? await callHttp(process, url)
      : { url, ok: true, answer: await greet(process, url, scheme) };
  } catch (error) {
    return { url, ok: false, answer: error instanceof Error ? error.message : String(error) };
  }
}

async function callHttp(process: Process, url: string): Promise<Call> {
  const parsed = parseHttpUrl(url);
  if (parsed === undefined || 'unsupportedScheme' in parsed) throw new Error('this is no URL');
  using limit = deadline(process, TIMEOUT_MS);
  const headers = [['Accept', 'application/json, text/plain']] as const;
  const { status, body } = await fetchHttp(process, parsed, { headers, signal: limit.signal }).catch(
    (error: unknown) => {
      throw limit.expired() ? new Error('no answer within 5 s') : error;
    },
  );
  const text = body.toString();
  const facts = applicationFacts(text);
  const said = facts?.pod === undefined ? (text.split('\n')[0] ?? '').slice(0, 200) : `Hello from ${facts.pod}!`;
  return { url, ok: status < 400, answer: `${status} ${said}`.trim(), calls: facts?.calls };
}

/** What an application such as this one has answered; undefined where it was another. */
function applicationFacts(text: string): { pod?: string; calls?: readonly Call[] } | undefined {
  try {
    return JSON.parse(text) as { pod?: string; calls?: readonly Call[] };
  } catch {
    return undefined;
  }
}

/** How to begin to speak with a server, and what its first words mean; undefined: not yet whole. */
interface Greeting {
  readonly port: number;
  readonly hello?: Buffer;
  read(answer: Buffer): string | undefined;
}

const GREETINGS: Readonly<Record<string, Greeting>> = {
  redis: {
    port: 6379,
    hello: Buffer.from('*1\r\n$4\r\nPING\r\n'),
    read: (answer) =>
      answer.includes('\r\n') ? `redis says ${answer.toString().trim().replace(/^\+/, '')}` : undefined,
  },
  mysql: {
    port: 3306,
    read: (answer) => {
      const version = serverVersion(answer);
      return version === undefined ? undefined : `MySQL ${version} greets`;
    },
  },
  postgres: {
    port: 5432,
    // An SSLRequest; each server answers it with one letter.
    hello: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]),
    read: (answer) => (/^[NS]/.test(answer.toString('latin1')) ? 'PostgreSQL answers' : undefined),
  },
  tcp: { port: 0, read: () => 'connected' },
};

async function greet(process: Process, url: string, scheme: string): Promise<string> {
  const greeting = GREETINGS[scheme === 'postgresql' ? 'postgres' : scheme];
  if (greeting === undefined) {
    throw new Error(`unknown scheme ${scheme}; known are http, ${Object.keys(GREETINGS).join(', ')}`);
  }
  const { hostname, port } = new URL(url);
  const number = Number(port || greeting.port);
  if (number === 0) throw new Error('the port is missing');
  const connection = await dialFirst(process, await resolveHost(process, hostname), number, { timeoutMs: TIMEOUT_MS });
  if (scheme === 'tcp') {
    connection.destroy();
    return 'connected';
  }
  if (greeting.hello !== undefined) connection.write(greeting.hello);
  return firstWords(process, connection, greeting);
}

function firstWords(process: Process, connection: Connection, greeting: Greeting): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const timer = process.runtime.clock.setTimer(TIMEOUT_MS, () => end(new Error('no greeting within 5 s')));
    const end = (said: string | Error): void => {
      timer.cancel();
      connection.destroy();
      if (typeof said === 'string') resolve(said);
      else reject(said);
    };
    connection
      .on('data', (chunk: Buffer) => {
        answer = Buffer.concat([answer, chunk]);
        const said = greeting.read(answer);
        if (said !== undefined) end(said);
      })
      .on('error', end)
      .on('close', () => end(new Error('the server closed the connection')));
  });
}
