import { timestamp } from '@kubarium/shared';
import { serveHttp } from '../../container/http-server.ts';
import type { Process } from '../../container/process.ts';
import { deadline, dialFirst, fetchHttp, parseHttpUrl, resolveHost } from '../../shell/http-client.ts';
import type { SubCommand } from './agnhost.ts';
import { untilEnded } from './until-ended.ts';

const REGISTER_FOR_MS = 15_000;
const RETRY_MS = 1000;
const CALL_TIMEOUT_MS = 5000;

/** An answer: a text, or what is wrong and with what status. */
type Answer = string | { readonly status: number; readonly text: string };

/**
 * `guestbook [--http-port 80] [--backend-port 6379] [--replicaof HOST]`: a store of texts with replicas. A replica registers with
 * its primary, which sends it all that is set from then on; `/guestbook?cmd=get|set` asks agnhost-replica or agnhost-primary.
 */
export const guestbook: SubCommand = async (process, flags) => {
  const backendPort = flags.number('backend-port', 6379);
  const primary = flags.text('replicaof') ?? '';
  const replicas: string[] = [];
  let store: Record<string, string> = {};
  const log = (text: string): void => void process.stdout.write(`${timestamp(process.runtime.clock.now())} ${text}\n`);
  const call = (host: string, path: string): Promise<string> => get(process, `http://${host}:${backendPort}/${path}`);

  serveHttp(process, { port: flags.number('http-port', 80) }, (request, response) => {
    request.resume();
    const url = new URL(request.url ?? '/', 'http://guestbook');
    log(`GET ${request.url}`);
    void answer(url).then((given) => {
      const { status, text } = typeof given === 'string' ? { status: 200, text: given } : given;
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end(status === 200 ? text : `${text}\n`);
    });
  });

  async function answer({ pathname, searchParams: query }: URL): Promise<Answer> {
    const key = query.get('key') ?? '';
    const value = query.get('value') ?? '';
    switch (pathname) {
      case '/register':
        replicas.push(query.get('host') ?? '');
        return JSON.stringify({ data: store });
      case '/get':
        return JSON.stringify({ data: key === '' ? store : (store[key] ?? '') });
      case '/set':
        return await set(key, value);
      case '/guestbook':
        return await forward((query.get('cmd') ?? '').toLowerCase(), key, value);
      default:
        return { status: 404, text: '404 page not found' };
    }
  }

  async function set(key: string, value: string): Promise<Answer> {
    if (key === '') return { status: 400, text: 'cannot set with empty key.' };
    store[key] = value;
    for (const replica of replicas) {
      try {
        await call(replica, `set?${query(key, value)}`);
      } catch (error) {
        const text = `encountered error while propagating to replica '${replica}': ${(error as Error).message}`;
        return { status: 417, text };
      }
    }
    return JSON.stringify({ message: 'Updated' });
  }

  async function forward(command: string, key: string, value: string): Promise<Answer> {
    if (command !== 'get' && command !== 'set') return { status: 400, text: `unsupported cmd: '${command}'` };
    if (command === 'set' && key === '') return { status: 400, text: 'cannot set with empty key.' };
    try {
      return await call(command === 'get' ? 'agnhost-replica' : 'agnhost-primary', `${command}?${query(key, value)}`);
    } catch (error) {
      return { status: 417, text: `encountered error: ${(error as Error).message}` };
    }
  }

  /** True once the primary knows this replica, which then holds what the primary held. */
  async function register(): Promise<boolean> {
    const { clock } = process.runtime;
    for (const untilMs = clock.now() + REGISTER_FOR_MS; clock.now() < untilMs;) {
      try {
        const own = await ownAddress(process, primary, backendPort);
        store = (JSON.parse(await call(primary, `register?host=${own}`)) as { data: Record<string, string> }).data;
        log(`Registered to node: ${primary}`);
        return true;
      } catch (error) {
        process.killed.throwIfAborted();
        log(`encountered error while registering to primary: ${(error as Error).message}. Retrying in 1s.`);
        await new Promise<void>((resolve) => void clock.setTimer(RETRY_MS, resolve));
      }
    }
    log('Timed out while registering to primary.');
    return false;
  }

  if (primary !== '' && !(await register())) return 1;
  return untilEnded(process);
};

const query = (key: string, value: string): string => new URLSearchParams({ key, value }).toString();

/** The address that a connection to the host comes from. */
async function ownAddress(process: Process, host: string, port: number): Promise<string> {
  const connection = await dialFirst(process, await resolveHost(process, host), port, { timeoutMs: CALL_TIMEOUT_MS });
  const { localAddress } = connection;
  connection.destroy();
  return localAddress;
}

async function get(process: Process, text: string): Promise<string> {
  const url = parseHttpUrl(text);
  if (url === undefined || 'unsupportedScheme' in url) throw new Error(`cannot call ${text}`);
  using timer = deadline(process, CALL_TIMEOUT_MS);
  return (await fetchHttp(process, url, { signal: timer.signal })).body.toString();
}
