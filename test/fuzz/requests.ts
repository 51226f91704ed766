import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '@kubarium/shared';
import { ApiConnection } from '../support/api-connection.ts';
import { HeapProbe, PROBED } from '../support/heap-probe.ts';
import { KubariumProcess } from '../support/kubarium-process.ts';
import { NAMESPACE, RequestGenerator, type FuzzRequest, type ServedResource } from './generator.ts';
import { servedResources } from './served-resources.ts';

/**
 * Sends requests that are nearly right to a real `kubarium up`, over every verb, patch kind, content type, path and subresource. None may
 * be answered with a 5xx (503 and 504 are documented answers), hang, kill the process, or make it grow.
 * `node test/fuzz/requests.ts --requests 100000`, `SEED=7` for other requests.
 */

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly report?: (line: string) => void;
}

export interface FuzzResult {
  readonly answers: Readonly<Record<string, number>>;
  /** What the process's heap holds after each tenth, once its garbage is collected, in MB. */
  readonly memoryMb: readonly number[];
  readonly problems: readonly string[];
}

const PARALLEL = 24;
const PATIENCE_MS = 15_000;
const MAX_PROBLEMS = 200;
/** Between the first tenth and the last; what is compiled and cached on first use comes to less. */
const MAX_GROWTH_MB = 25;

export async function fuzzRequests({ requests, seed, report }: FuzzOptions): Promise<FuzzResult> {
  await using cluster = new KubariumProcess(undefined, PROBED);
  await cluster.up();
  using probe = await HeapProbe.into(cluster);
  using api = ApiConnection.to(cluster);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
  await api.json('POST', '/api/v1/namespaces', namespace);
  const resources = await servedResources(api);
  const generator = new RequestGenerator(seededRandom(seed), resources);
  const sender = new Sender(cluster);
  const answers: Record<string, number> = {};
  const memoryMb: number[] = [];
  const problems: string[] = [];
  let sent = 0;
  /** What the process was doing when it first did not answer. */
  let stack: string[] | undefined;
  let hasDied = false;
  const died = probe.uncaught.then((error) => {
    hasDied = true;
    problems.push(`the process ends: ${error}`);
    report?.(problems.at(-1)!);
  });
  const goesOn = (): boolean => !hasDied && problems.length < MAX_PROBLEMS;

  const work = async (until: number): Promise<void> => {
    while (sent < until && goesOn()) {
      sent++;
      const request = generator.next();
      const outcome = await sender.send(request);
      answers[outcome.code] = (answers[outcome.code] ?? 0) + 1;
      if (isFine(outcome.code) || AS_THE_REAL_SERVER.test(outcome.text)) continue;
      const problem = `${outcome.code} ${outcome.text.slice(0, 600)}\n${describe(request)}`;
      problems.push(problem);
      report?.(problem);
      if (outcome.code === 'hang' && stack === undefined) {
        stack = [];
        stack = await probe.stack();
        report?.(`meanwhile the process is in ${stack.join('\n  ')}`);
      }
    }
  };
  for (let tenth = 1; tenth <= 10 && goesOn(); tenth++) {
    const until = Math.floor((requests * tenth) / 10);
    await Promise.race([died, Promise.all(Array.from({ length: PARALLEL }, () => work(until)))]);
    if (!goesOn()) break;
    await Promise.race([died, clear(api, resources, namespace)]);
    if (!goesOn()) break;
    memoryMb.push(await probe.usedMb());
    report?.(`${sent} requests: ${JSON.stringify(answers)}, ${memoryMb.at(-1)} MB`);
  }
  if (stack !== undefined) problems.push(`it did not answer while it was in ${stack.join('\n  ')}`);
  const bugs = cluster.output.match(/.*(by a bug|[uU]nhandled|uncaught|"level":(50|60)).*/g) ?? [];
  for (const line of new Set(bugs)) problems.push(`the process says: ${line.slice(0, 1500)}`);
  const growth = memoryMb.at(-1)! - memoryMb[0]!;
  if (growth > MAX_GROWTH_MB)
    problems.push(`the heap has grown by ${growth} MB since the first tenth: ${memoryMb.join()}`);
  // A process with a debugger on it waits for that to leave.
  probe[Symbol.dispose]();
  const code = await cluster.stop();
  if (code !== 0) problems.push(`SIGTERM ends the process with ${code}`);
  for (const problem of problems.slice(-bugs.length - 1)) report?.(problem);
  return { answers, memoryMb, problems };
}

/** The real server answers a Binding whose target is none like this, with 500. */
const AS_THE_REAL_SERVER = /target\.(name: Required|kind: Unsupported) value/;

/** Documented: an aggregated path or node that cannot be reached, a wait that has ended. */
const isFine = (code: string): boolean =>
  code === 'left' || code === '503' || code === '504' || /^[1-4]\d\d$/.test(code);

const describe = ({ method, path, headers, body }: FuzzRequest): string =>
  `  ${method} ${path}\n  ${JSON.stringify(headers)}\n  ${body === undefined ? '' : body.toString('latin1').slice(0, 3000)}`;

/** Sends one request and reads its answer to the end, or for a moment where there is none. */
class Sender {
  readonly #url: string;
  readonly #authorization: string;
  readonly #agent: Agent;

  constructor(cluster: KubariumProcess) {
    this.#url = cluster.url;
    this.#authorization = `Bearer ${readFileSync(join(cluster.dataDir, 'pki', 'admin.token'), 'utf8').trim()}`;
    this.#agent = new Agent({ keepAlive: true, ca: readFileSync(cluster.caFile), maxSockets: PARALLEL });
  }

  send({ method, path, headers, body }: FuzzRequest): Promise<{ code: string; text: string }> {
    return new Promise((resolve) => {
      let code = 'hang';
      let text = '';
      const request = httpsRequest(this.#url + path, {
        method,
        agent: this.#agent,
        headers: {
          Authorization: this.#authorization,
          ...(body === undefined ? {} : { 'Content-Length': body.length }),
          ...headers,
        },
      });
      const finish = (): void => {
        clearTimeout(patience);
        request.destroy();
        resolve({ code, text });
      };
      // A proxied request waits half a minute for an address where nobody is: this client leaves before.
      const isProxied = path.includes('/proxy');
      if (isProxied) code = 'left';
      let patience = setTimeout(finish, isProxied ? 300 : PATIENCE_MS);
      request.once('response', (response: IncomingMessage) => {
        code = String(response.statusCode);
        if (neverEnds(path) && code === '200') {
          clearTimeout(patience);
          patience = setTimeout(finish, 20);
        }
        response.on('data', (chunk: Buffer) => {
          if (text.length < 2000) text += chunk.toString('latin1');
        });
        response.once('end', finish);
        response.once('error', finish);
      });
      request.once('upgrade', (_response, socket) => {
        code = '101';
        socket.destroy();
        finish();
      });
      request.on('error', (error) => {
        if (code === 'hang' || (code === 'left' && !request.destroyed)) code = 'broken';
        text ||= error.message;
        finish();
      });
      request.end(body);
    });
  }
}

const neverEnds = (path: string): boolean =>
  /[?&](watch|follow)=|\/watch\/|\/attach|\/exec|\/proxy|\/portforward/.test(path);

/** Puts the cluster back to what it was, so that growth is the process's and not the objects'. */
async function clear(
  api: ApiConnection,
  resources: readonly ServedResource[],
  namespace: { readonly metadata: object },
): Promise<void> {
  const options = '?gracePeriodSeconds=0&propagationPolicy=Background';
  for (const { root, name, namespaced } of resources) {
    if (!namespaced || name.includes('/')) continue;
    await api.send('DELETE', `${root}/namespaces/${NAMESPACE}/${name}${options}`);
  }
  for (const path of ['/api/v1/nodes/sample', '/api/v1/namespaces/sample', '/api/v1/nodes/x', '/api/v1/namespaces/x']) {
    await api.send('DELETE', path);
  }
  await api.sendJson('POST', '/api/v1/namespaces', namespace);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { requests: { type: 'string', default: '100000' } } });
  const seed = Number(process.env['SEED'] ?? 20_261_123);
  console.log(`SEED=${seed}`);
  const result = await fuzzRequests({ requests: Number(values.requests), seed, report: (line) => console.log(line) });
  console.log(`${result.problems.length} problems, memory ${result.memoryMb.join(', ')} MB`);
  process.exitCode = result.problems.length === 0 ? 0 : 1;
}
