import { parseArgs } from 'node:util';
import { seededRandom } from '@kubarium/shared';
import { ApiConnection, type Reply } from '../support/api-connection.ts';
import { BackgroundProgram } from '../support/background-program.ts';
import { ComparedRequests, SAMPLE_NAME, type ComparedRequest } from './compared-requests.ts';
import { servedResources } from './served-resources.ts';
import type { JsonObject } from './samples.ts';

/**
 * Sends the same requests, one after the other, to Kubarium's API server and to a real one, and prints how their answers differ, the most
 * frequent difference first. What docs/fidelity.md lists is left out as far as it can be told from an answer.
 *
 *     RIVAL_SERVER=https://127.0.0.1:PORT RIVAL_TOKEN=TOKEN node test/fuzz/compare.ts --requests 5000 --only '^pods'
 *
 * The real server must be a new one without controllers (kube-apiserver with etcd alone), its token one of a user `kubernetes-admin`, and
 * its ServiceAccount admission plugin on: else those differ. `SEED=7` for other requests.
 */

const SERVE = new URL('../../apiserver/scripts/serve.ts', import.meta.url).pathname;
/** What needs a kubelet, or goes on for ever. */
const LEFT_OUT = /\/(exec|attach|log|portforward|proxy|resize)$|^namespaces|^ipaddresses|^servicecidrs/;

interface Difference {
  count: number;
  readonly example: string;
}

export async function compareRequests(
  rival: ApiConnection,
  requests: number,
  seed: number,
  only: RegExp,
): Promise<string> {
  await using program = new BackgroundProgram(process.execPath, [SERVE], {
    ...(process.env as Record<string, string>),
  });
  const [, url, token] = await program.until(/(https:\S+) (\S+)\n/);
  using kubarium = new ApiConnection(url!, token!, undefined);
  const servers = [kubarium, rival] as const;
  const both = <T>(ask: (server: ApiConnection) => Promise<T>): Promise<[T, T]> =>
    Promise.all(servers.map(ask)) as Promise<[T, T]>;
  const made = { metadata: { generateName: 'compare-' } };
  const { name } = (await rival.json<{ metadata: { name: string } }>('POST', '/api/v1/namespaces', made)).metadata;
  await kubarium.json('POST', '/api/v1/namespaces', { metadata: { name } });
  const account = { metadata: { name: 'default' } };
  await both((server) => server.sendJson('POST', `/api/v1/namespaces/${name}/serviceaccounts`, account));
  const resources = (await servedResources(kubarium)).filter((one) => only.test(one.name) && !LEFT_OUT.test(one.name));
  const random = seededRandom(seed);
  const generator = new ComparedRequests(random, name);
  for (const { root, name: plural, namespaced } of resources) {
    if (!namespaced && !plural.includes('/')) await remove(rival, `${root}/${plural}/${SAMPLE_NAME}`);
  }
  const differences = new Map<string, Difference>();
  for (let sent = 0; sent < requests; sent++) {
    const resource = resources[random.integer(resources.length)]!;
    const request = await generator.next(resource, async (path) => {
      const [ours, theirs] = await both((server) => server.send('GET', path));
      return ours.status === 200 && theirs.status === 200 ? withPlaceholders(ours.text) : undefined;
    });
    const [ours, theirs] = await both(async (server) => sendTo(server, request));
    const difference = differenceOf(ours, theirs);
    if (difference === undefined || isKnown(request, ours, theirs)) continue;
    const known = differences.get(difference);
    const { method, path, type, body = '' } = request;
    const example = `${method} ${path} ${type}\n  ${body}\n  kubarium: ${shown(ours)}\n  rival:    ${shown(theirs)}`;
    differences.set(difference, { count: (known?.count ?? 0) + 1, example: known?.example ?? example });
    // Both are to go on from the same.
    if (method !== 'GET') await both((server) => remove(server, request.of));
  }
  return [...differences]
    .toSorted(([, a], [, b]) => b.count - a.count)
    .map(([difference, { count, example }]) => `${count} x ${difference}\n  ${example}\n`)
    .join('\n');
}

/** Some patches end a call of the real server, and with it the connection, by a bug of its own. */
const BROKEN: Reply = { status: 0, headers: {}, text: '' };

async function sendTo(server: ApiConnection, { method, path, of, type, body }: ComparedRequest): Promise<Reply> {
  if (body === undefined) return server.send(method, path);
  let filled = body;
  if (body.includes('$')) {
    const { metadata = {} } = JSON.parse((await server.send('GET', of)).text) as { metadata?: Record<string, string> };
    filled = body.replaceAll('$VERSION', metadata['resourceVersion'] ?? '1').replaceAll('$UID', metadata['uid'] ?? 'u');
  }
  return server.send(method, path, { body: filled, headers: { 'Content-Type': type } }).catch(() => BROKEN);
}

async function remove(server: ApiConnection, path: string): Promise<void> {
  await server.sendJson('PATCH', path, { metadata: { finalizers: null } }, 'application/merge-patch+json');
  await server.send('DELETE', `${path}?gracePeriodSeconds=0&propagationPolicy=Background`);
}

function withPlaceholders(text: string): JsonObject {
  const object = JSON.parse(text) as JsonObject;
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  delete metadata['managedFields'];
  return { ...object, metadata: { ...metadata, uid: '$UID', resourceVersion: '$VERSION' } };
}

const DIFFERING = new Set(
  'uid resourceVersion continue remainingItemCount creationTimestamp managedFields clusterIP clusterIPs nodePort token expirationTimestamp resourceRules nonResourceRules'.split(
    ' ',
  ),
);

/** An answer without what differs from server to server; of causes, and of a message that lists them, neither order nor repeats count. */
function comparable(text: string): string {
  const plain = text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replaceAll(/kube-api-access-\w{5}/g, 'kube-api-access')
    .replaceAll(/(?<="gen-)\w{5}/g, '')
    .replaceAll(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/record \(\d+\)|current: \d+/g, 'N');
  try {
    return JSON.stringify(JSON.parse(plain), (name, value: unknown) => {
      if (DIFFERING.has(name)) return undefined;
      if (name === 'message' && typeof value === 'string')
        return [...new Set(value.split('\n')[0]!.split(/, |[[\]]/))].toSorted();
      // Events of the real server's own loops.
      if (name === 'items' && Array.isArray(value))
        return value.filter(({ reason }: { reason?: string }) => !/^(ClusterIP|Port)Not/.test(reason ?? ''));
      if (name === 'causes' && Array.isArray(value))
        return [...new Set(value.map((one) => JSON.stringify(one)))].toSorted();
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    });
  } catch {
    return plain;
  }
}

/** What two answers differ in, in words that are the same for answers that differ alike. */
function differenceOf(ours: Reply, theirs: Reply): string | undefined {
  const warnings = [ours, theirs].map(({ headers }) => String(headers['warning'] ?? ''));
  const [our, their] = [comparable(ours.text), comparable(theirs.text)];
  if (ours.status === theirs.status && our === their && warnings[0] === warnings[1]) return undefined;
  const general = (text: string): string =>
    text
      .replaceAll(/\\?"[^"]*"/g, '"…"')
      .replaceAll(/\d+/g, 'N')
      .slice(0, 300);
  if (ours.status !== theirs.status)
    return `${ours.status} for ${theirs.status}: ${general(messageOf(ours) || messageOf(theirs))}`;
  if (our === their) return `warnings: ${general(warnings[0]!)} for ${general(warnings[1]!)}`;
  if (ours.status < 300) return `object: ${firstPath(JSON.parse(our), JSON.parse(their))}`;
  return `message: ${general(messageOf(ours))} for ${general(messageOf(theirs))}`;
}

const messageOf = ({ text }: Reply): string => /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? '';

const shown = (reply: Reply): string => `${reply.status} ${messageOf(reply) || reply.text.slice(0, 500)}`;

function firstPath(ours: unknown, theirs: unknown): string {
  if (typeof ours !== 'object' || typeof theirs !== 'object' || ours === null || theirs === null) return '';
  const [a, b] = [ours, theirs] as [Record<string, unknown>, Record<string, unknown>];
  const name = [...Object.keys(a), ...Object.keys(b)].find((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
  if (name === undefined) return '';
  return `.${Number.isInteger(Number(name)) ? '*' : name}${firstPath(a[name], b[name])}`;
}

/**
 * Simplifications: 400 for some 500s, what depends on who owned what before the first apply, applied scales, the words of the YAML parser;
 * and objects quoted in a message.
 */
function isKnown({ path }: ComparedRequest, ours: Reply, theirs: Reply): boolean {
  const messages = [messageOf(ours), messageOf(theirs)];
  return (
    theirs.status === 0 ||
    (ours.status === 400 && theirs.status === 500) ||
    (ours.status === 415 && path.includes('/scale')) ||
    messages.some((message) => /^Apply failed with|converting YAML to JSON/.test(message)) ||
    messages.every((message) => /is invalid: patch: Invalid value: |: must be empty/.test(message))
  );
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { requests: { type: 'string', default: '2000' }, only: { type: 'string', default: '.' } },
  });
  const { RIVAL_SERVER, RIVAL_TOKEN, SEED = '1' } = process.env;
  if (RIVAL_SERVER === undefined || RIVAL_TOKEN === undefined) {
    console.error('RIVAL_SERVER and RIVAL_TOKEN must name a real API server, https://127.0.0.1:PORT');
    process.exitCode = 2;
  } else {
    using rival = new ApiConnection(RIVAL_SERVER, RIVAL_TOKEN, undefined);
    console.log(await compareRequests(rival, Number(values.requests), Number(SEED), new RegExp(values.only)));
  }
}
