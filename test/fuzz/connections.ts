import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { parseArgs } from 'node:util';
import { seededRandom, type Random } from '@kubarium/shared';
import { HeapProbe, PROBED } from '../support/heap-probe.ts';
import { KubariumProcess } from '../support/kubarium-process.ts';

/**
 * Opens connections to a real `kubarium up` and sends what is nearly HTTP over them: broken heads and bodies, upgrades with and without
 * frames behind them, several requests before an answer; then leaves, in order or by a reset. The process must live, tell of no bug, and
 * keep none of the connections. `node test/fuzz/connections.ts --connections 20000`, `SEED=7` for others.
 */

export interface ConnectionsOptions {
  readonly connections: number;
  readonly seed: number;
}

const PARALLEL = 16;
/** Longer than the server leaves a connection open whose client does not end it. */
const PATIENCE_MS = 20_000;

export async function fuzzConnections({ connections, seed }: ConnectionsOptions): Promise<readonly string[]> {
  await using cluster = new KubariumProcess(undefined, PROBED);
  await cluster.up();
  const kubectl = cluster.kubectl('1.35');
  await kubectl('run', 'p', '--image=my-backend-app', '--port=80');
  await kubectl('wait', '--for=condition=Ready', 'pod/p');
  using probe = await HeapProbe.into(cluster);
  const problems: string[] = [];
  let hasDied = false;
  const died = probe.uncaught.then((error) => {
    hasDied = true;
    problems.push(`the process ends: ${error}`);
  });
  const before = await probe.openSockets();
  const client = new BrokenClient(cluster);
  const random = seededRandom(seed);
  let opened = 0;
  const work = async (): Promise<void> => {
    while (opened < connections && !hasDied) await client.visit(random.fork(`connection/${opened++}`));
  };
  await Promise.race([died, Promise.all(Array.from({ length: PARALLEL }, work))]);
  if (!hasDied) {
    const left = await leftOpen(probe, before);
    if (left > 0) problems.push(`${left} of ${connections} connections are still open`);
  }
  const bugs = cluster.output.match(/.*(by a bug|[uU]nhandled|uncaught|"level":(50|60)).*/g) ?? [];
  return [...problems, ...new Set(bugs)];
}

/** How many more sockets than before stay open. */
async function leftOpen(probe: HeapProbe, before: number): Promise<number> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const left = (await probe.openSockets()) - before;
    if (left <= 0 || Date.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

class BrokenClient {
  readonly #port: number;
  readonly #ca: Buffer;
  readonly #token: string;

  constructor(cluster: KubariumProcess) {
    this.#port = Number(new URL(cluster.url).port);
    this.#ca = readFileSync(cluster.caFile);
    this.#token = readFileSync(join(cluster.dataDir, 'pki', 'admin.token'), 'utf8').trim();
  }

  /** Opens a connection, misuses it and leaves. Nothing that the server does to it is a failure. */
  async visit(random: Random): Promise<void> {
    const isPlain = random.integer(10) === 0;
    const tcp = connectTcp({ host: '127.0.0.1', port: this.#port });
    const socket = isPlain ? tcp : connectTls({ socket: tcp, host: '127.0.0.1', ca: this.#ca });
    for (const one of [tcp, socket]) one.on('error', () => {});
    socket.resume();
    await happens(socket, isPlain ? 'connect' : 'secureConnect');
    const requests = isPlain ? 1 : 1 + random.integer(6);
    for (let sent = 0; sent < requests && socket.writable; sent++) {
      socket.write(isPlain ? plainBytes(random) : brokenRequest(random, this.#token));
      if (random.integer(2) === 0) await happens(socket, 'data', pick(random, [10, 50, 300]));
    }
    const isOver = happens(socket, 'close', 200);
    pick(random, [() => socket.end(), () => socket.destroy(), () => tcp.resetAndDestroy()])();
    await isOver;
    socket.destroy();
  }
}

/** Resolves once an event has happened, the socket is closed, or there was time enough for it. */
const happens = (socket: Socket, event: string, withinMs = PATIENCE_MS): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      for (const one of [event, 'close']) socket.off(one, done);
      resolve();
    };
    const timer = setTimeout(done, withinMs);
    for (const one of [event, 'close']) socket.once(one, done);
  });

const pick = <T>(random: Random, choices: readonly T[]): T => choices[random.integer(choices.length)]!;

const randomBytes = (random: Random, most: number): Buffer =>
  Buffer.from(Array.from({ length: random.integer(most) }, () => random.integer(256)));

const plainBytes = (random: Random): Buffer =>
  pick(random, [
    () => randomBytes(random, 300),
    () => Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    () => Buffer.from('160301020001', 'hex'),
  ])();

const POD = '/api/v1/namespaces/default/pods/p';
const PATHS = [
  '/',
  '*',
  '/healthz',
  '/metrics',
  '/openapi/v2',
  '/api/v1/pods',
  '/apis/apps/v1/deployments',
  '/api/v1/namespaces/default/configmaps?watch=1',
  '/api/v1/namespaces/default/services/kubernetes:443/proxy/',
  `${POD}/exec?command=cat&stdin=1&stdout=1`,
  `${POD}/attach?stdout=1`,
  `${POD}/portforward?ports=80`,
  `${POD}/log?follow=1`,
  `${POD}:80/proxy/x`,
  `${POD}nothere/exec?command=ls&stdout=1`,
];
const METHODS = ['GET', 'GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'get', 'M-SEARCH'];
const ODD_HEADERS = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip',
  'Transfer-Encoding: chunked\r\nContent-Length: 3',
  'Content-Length: 5',
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: -1',
  'Content-Length: 99999999999',
  'Expect: 100-continue',
  'Expect: x',
  'X-Null: \0',
  'no header',
  `X-Long: ${'x'.repeat(70_000)}`,
];
const PROTOCOLS = ['v5.channel.k8s.io', 'base64.channel.k8s.io', 'SPDY/3.1+portforward.k8s.io', 'x'];
const BEHIND = [
  '{"a":1}',
  '5\r\nhello\r\n0\r\n\r\n',
  'zz\r\n',
  '\x82\x05\0\0\0\0hello',
  '\x88\x80\0\0\0\0',
  '\x80\x03\0\x01\0\0\0\x0a',
];

function brokenRequest(random: Random, token: string): Buffer {
  const chance = (oneOf: number): boolean => random.integer(oneOf) === 0;
  const upgrade = [
    'Connection: Upgrade',
    `Upgrade: ${pick(random, ['websocket', 'SPDY/3.1', 'h2c', 'websocket, SPDY/3.1', ''])}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    `Sec-WebSocket-Protocol: ${pick(random, PROTOCOLS)}`,
    'X-Stream-Protocol-Version: v4.channel.k8s.io',
  ];
  const path = pick(random, PATHS) + (chance(10) ? pick(random, ['%00', '%zz', '%c0%80']) : '');
  const lines = [
    `${pick(random, METHODS)} ${path} HTTP/${pick(random, ['1.1', '1.1', '1.1', '1.0', '2.0', '0.9'])}`,
    'Host: x',
    `Authorization: Bearer ${token}`,
    ...(chance(3) ? upgrade : []),
    ...(chance(3) ? [pick(random, ODD_HEADERS)] : []),
  ];
  const text = `${lines.join('\r\n')}\r\n\r\n${chance(3) ? pick(random, BEHIND) : ''}`;
  const request = Buffer.concat([Buffer.from(text, 'latin1'), chance(6) ? randomBytes(random, 200) : Buffer.alloc(0)]);
  if (!chance(10)) return request;
  const at = random.integer(request.length);
  return Buffer.concat([request.subarray(0, at), randomBytes(random, 5), request.subarray(at + random.integer(4))]);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { connections: { type: 'string', default: '20000' } } });
  const seed = Number(process.env['SEED'] ?? 20_261_129);
  console.log(`SEED=${seed}`);
  const problems = await fuzzConnections({ connections: Number(values.connections), seed });
  for (const problem of problems) console.log(problem);
  console.log(`${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
