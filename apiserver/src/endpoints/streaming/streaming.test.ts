import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer, type AddressInfo, type Server as NetServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { FakeKubelet } from '../testing/fake-kubelet.ts';
import { ADMIN_TOKEN, testServer, type TestServer } from '../testing/test-server.ts';

let api: TestServer;
let site: Server;
let echo: NetServer;
let sitePort: number;
let echoPort: number;
const kubelet = new FakeKubelet();
const seen: IncomingMessage[] = [];
const PODS = '/api/v1/namespaces/default/pods';

beforeAll(async () => {
  site = createHttpServer((request, response) => {
    seen.push(request);
    if (request.url === '/page') {
      response.setHeader('Content-Type', 'text/html');
      response.end('<a href="/next">n</a><img src=\'rel.png\'><a href="http://elsewhere/x">');
    } else if (request.url === '/moved') {
      response.writeHead(302, { Location: '/target?x=1' }).end();
    } else request.pipe(response);
  });
  site.on('upgrade', (request, socket, head) => {
    if (request.url === '/silent') {
      socket.once('end', () => site.emit('left'));
      socket.resume();
      return void site.emit('asked');
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n');
    socket.write(head);
    socket.pipe(socket);
  });
  echo = createServer((socket) => socket.pipe(socket));
  await Promise.all([once(site.listen(0, '127.0.0.1'), 'listening'), once(echo.listen(0, '127.0.0.1'), 'listening')]);
  sitePort = (site.address() as AddressInfo).port;
  echoPort = (echo.address() as AddressInfo).port;
  api = await testServer({ nodes: kubelet.connector() });
  const create = (path: string, object: object) =>
    api.ask('POST', `/api/v1/namespaces/default/${path}`, {
      body: JSON.stringify(object),
      headers: { 'content-type': 'application/json' },
    });
  const container = (name: string) => ({ name, image: 'x' });
  const pod = (name: string, spec: object, status = {}) => create('pods', { metadata: { name }, spec, status });
  await pod('p', { nodeName: 'n1', containers: [container('c')] }, { podIP: '127.0.0.1' });
  await pod('two', { containers: [container('a'), container('b')], initContainers: [container('i')] });
  await pod('unbound', { containers: [container('a')] });
  await create('services', { metadata: { name: 's' }, spec: { ports: [{ port: 80 }, { port: 81, name: 'x' }] } });
  await create('services', { metadata: { name: 'lonely' }, spec: { ports: [{ port: 80 }] } });
  await create('endpoints', {
    metadata: { name: 's' },
    subsets: [
      { addresses: [{ ip: '127.0.0.1', targetRef: { kind: 'Pod', name: 'p' } }], ports: [{ port: sitePort }] },
      { addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'x', port: sitePort }] },
    ],
  });
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
  site.close();
  echo.close();
});

function webSocket(path: string, protocols: string[]): WebSocket {
  return new WebSocket(`wss://127.0.0.1:${api.port}${PODS}/p/${path}`, protocols, {
    ca: api.certificates.ca,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
}

/** All messages of a WebSocket by channel, once it is closed. */
async function channels(socket: WebSocket): Promise<{ code: number; texts: Record<number, string> }> {
  const texts: Record<number, string> = {};
  socket.on('message', (data: Buffer, isBinary) => {
    const channel = isBinary ? data[0]! : data[0]! - 0x30;
    const text = isBinary ? data.toString('latin1', 1) : Buffer.from(data.toString('latin1', 1), 'base64').toString();
    texts[channel] = (texts[channel] ?? '') + text;
  });
  const [code] = (await once(socket, 'close')) as [number];
  return { code, texts };
}

test.each(['exec?command=cat&stdin=1&stdout=1', 'attach?stdin=1&stdout=1', 'portforward?ports=80'])(
  'a client of %s that speaks no WebSocket after its upgrade is sent away, and nothing else happens',
  async (path) => {
    const handshake = [
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: v4.channel.k8s.io',
    ];
    expect(await replyToUpgrade(path, handshake, '{"kind":"Pod"}')).toMatch(/^HTTP\/1\.1 101 /);
  },
);

/** Asks for a WebSocket with only these headers of its handshake, then sends `rest`; the whole reply. */
async function replyToUpgrade(path: string, handshake: string[], rest = ''): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: api.port, ca: api.certificates.ca });
  const lines = [
    `GET ${PODS}/p/${path} HTTP/1.1`,
    'Host: a',
    `Authorization: Bearer ${ADMIN_TOKEN}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    ...handshake,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n${rest}`);
  return text(socket);
}

describe('exec over WebSocket', () => {
  test('ends the command where the handshake fails', async () => {
    const closed = kubelet.closed;
    expect(await replyToUpgrade('exec?command=hang&stdout=1', [])).toMatch(/^HTTP\/1\.1 400 /);
    await expect.poll(() => kubelet.closed).toBe(closed + 1);
  });

  test.each(['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io'])(
    '%s tells output and exit code',
    async (protocol) => {
      const { code, texts } = await channels(webSocket('exec?command=exit&command=3&stdout=1&stderr=1', [protocol]));
      expect(code).toBe(1000);
      expect(texts[2]).toBe('bye\n');
      expect(JSON.parse(texts[3]!)).toEqual({
        metadata: {},
        status: 'Failure',
        message: 'command terminated with non-zero exit code: error executing command [exit 3], exit code 3',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: '3' }] },
      });
    },
  );

  test('closes stdin on channel 255, passes sizes on channel 4', async () => {
    const socket = webSocket('exec?command=cat&stdin=1&stdout=1&tty=1', ['v5.channel.k8s.io']);
    const all = channels(socket);
    await once(socket, 'open');
    socket.send(Buffer.from('\x04{"Width":80,"Height":24}'));
    socket.send(Buffer.from('\x00hello'));
    socket.send(Buffer.from([255, 0]));
    const { texts } = await all;
    expect(texts[1]).toBe('hello');
    expect(JSON.parse(texts[3]!)).toEqual({ metadata: {}, status: 'Success' });
    expect(kubelet.sizes).toContainEqual([80, 24]);
  });

  test('a large output arrives whole before the status', async () => {
    const { texts } = await channels(webSocket('exec?command=bytes&command=5000000&stdout=1', ['v5.channel.k8s.io']));
    expect(texts[1]!.length).toBe(5_000_000);
    expect(JSON.parse(texts[3]!)).toMatchObject({ status: 'Success' });
  });

  test('a container that does not run is told after the upgrade', async () => {
    const { texts } = await channels(webSocket('exec?command=gone&stdout=1', ['v5.channel.k8s.io']));
    expect(JSON.parse(texts[3]!)).toMatchObject({
      status: 'Failure',
      message: 'Internal error occurred: unable to upgrade connection: container not found ("c")',
      reason: 'InternalError',
      code: 500,
    });
  });

  test('the command is told when the client goes', async () => {
    const before = kubelet.closed;
    const socket = webSocket('exec?command=hang&stdout=1', ['v5.channel.k8s.io']);
    await once(socket, 'open');
    socket.terminate();
    await expect.poll(() => kubelet.closed).toBe(before + 1);
  });

  test.each([
    ['two/exec?command=x&stdout=1', 'a container name must be specified for pod two, choose one of: [i a b]'],
    ['two/exec?container=zz&command=x&stdout=1', 'container zz is not valid for pod two'],
    ['unbound/exec?command=x&stdout=1', 'pod unbound does not have a host assigned'],
    ['p/exec?command=x', 'you must specify at least 1 of stdin, stdout, stderr'],
  ])('%s is refused before the upgrade', async (path, message) => {
    const { code, text } = await api.ask('GET', `${PODS}/${path}`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        'sec-websocket-version': '13',
        'sec-websocket-protocol': 'v5.channel.k8s.io',
      },
    });
    expect([code, (JSON.parse(text) as { message: string }).message]).toEqual([400, message]);
  });

  test('without an upgrade there is nothing to talk over', async () => {
    const { body } = await api.ask('POST', `${PODS}/p/exec?command=cat&stdout=1`);
    expect(body).toMatchObject({ code: 400, message: 'Upgrade request required' });
    const missing = await api.ask('POST', `${PODS}/none/exec?command=cat&stdout=1`);
    expect(missing.body).toMatchObject({ code: 404, message: 'pods "none" not found' });
  });

  test('nobody execs without being allowed to', async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${api.port}${PODS}/p/exec?command=cat&stdout=1`, {
      ca: api.certificates.ca,
    });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('403');
  });
});

test('port-forward over WebSocket channels begins with the port, then carries bytes', async () => {
  const socket = webSocket(`portforward?ports=${echoPort}`, ['v4.channel.k8s.io']);
  const messages: Buffer[] = [];
  socket.on('message', (data: Buffer) => messages.push(data));
  await once(socket, 'open');
  socket.send(Buffer.from('\x00ping'));
  await expect.poll(() => messages.length).toBe(3);
  expect(messages[0]!.readUInt16LE(1)).toBe(echoPort);
  expect(messages[2]!.toString()).toBe('\x00ping');
  socket.close();
});

describe('logs', () => {
  test('are followed until the client goes', async () => {
    const asked = api.open('GET', `${PODS}/p/log?follow=true`);
    await expect.poll(() => kubelet.logs.length).toBe(1);
    const response = await asked;
    kubelet.logs[0]!.write('one\n');
    const [chunk] = (await once(response, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('one\n');
    response.destroy();
    await expect.poll(() => kubelet.logs[0]!.destroyed).toBe(true);
  });

  test.each([
    [[], 'one\n', true],
    [['binary.k8s.io'], 'one\n', true],
    [['base64.binary.k8s.io'], 'b25lCg==', false],
  ])('come as messages over a WebSocket of the protocols %j, until its end', async (protocols, message, binary) => {
    const opened = kubelet.logs.length;
    const socket = webSocket('log?follow=true', protocols);
    const messages: [string, boolean][] = [];
    socket.on('message', (data: Buffer, isBinary) => messages.push([data.toString(), isBinary]));
    await expect.poll(() => messages).toEqual([['', binary]]);
    kubelet.logs[opened]!.end('one\n');
    expect((await once(socket, 'close'))[0]).toBe(1000);
    expect(messages).toEqual([
      ['', binary],
      [message, binary],
    ]);
    expect(socket.protocol).toBe(protocols[0] ?? '');
  });

  test('end with a handshake that fails', async () => {
    const opened = kubelet.logs.length;
    expect(await replyToUpgrade('log?follow=true', [])).toMatch(/^HTTP\/1\.1 400 /);
    await expect.poll(() => kubelet.logs[opened]!.destroyed).toBe(true);
  });

  test('end with a client that leaves in the midst of a body', async () => {
    const opened = kubelet.logs.length;
    const socket = connect({ host: '127.0.0.1', port: api.port, ca: api.certificates.ca });
    const head = `GET ${PODS}/p/log?follow=true HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n`;
    socket.write(`${head}Content-Length: 200000\r\n\r\n${'x'.repeat(150_000)}`);
    await once(socket, 'data');
    socket.destroy();
    await expect.poll(() => kubelet.logs[opened]!.destroyed).toBe(true);
  });

  test('end with their WebSocket, and need a protocol that both speak', async () => {
    const opened = kubelet.logs.length;
    const socket = webSocket('log?follow=true', ['binary.k8s.io']);
    await once(socket, 'message');
    socket.close();
    await expect.poll(() => kubelet.logs[opened]!.destroyed).toBe(true);
    const [error] = (await once(webSocket('log', ['nothing.k8s.io']), 'error')) as [Error];
    expect(error.message).toBe('Unexpected server response: 400');
  });

  test.each([
    ['p/log?tailLines=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      'p/log?tailLines=-1&limitBytes=0',
      422,
      'PodLogOptions "p" is invalid: [tailLines: Invalid value: -1: must be greater than or equal to 0, limitBytes: Invalid value: 0: must be greater than 0]',
    ],
    ['p/log?sinceTime=abc', 400, 'parsing time "abc" as "2006-01-02T15:04:05Z07:00": cannot parse "abc" as "2006"'],
    ['nope/log', 404, 'pods "nope" not found'],
  ])('%s', async (path, code, message) => {
    expect((await api.ask('GET', `${PODS}/${path}`)).body).toMatchObject({ code, message });
  });

  test('of a pod without a node are empty', async () => {
    expect((await api.ask('GET', `${PODS}/unbound/log`)).code).toBe(204);
  });
});

describe('proxy', () => {
  const proxied = (of: string): string => `/api/v1/namespaces/default/${of}/proxy`;

  test('passes method, path, query and body on, and tells who asked', async () => {
    const { code, text } = await api.ask('POST', `${proxied(`pods/p:${sitePort}`)}/a%2Fb?q=1`, { body: 'hello' });
    expect([code, text]).toEqual([200, 'hello']);
    const { method, url, headers } = seen.at(-1)!;
    expect([method, url]).toEqual(['POST', '/a%2Fb?q=1']);
    expect(headers).toMatchObject({
      host: `127.0.0.1:${api.port}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-uri': `${proxied(`pods/p:${sitePort}`)}/a%2Fb`,
    });
    expect(headers.authorization).toBeUndefined();
  });

  test('a missing slash is put right for readers only', async () => {
    const { code, headers } = await api.ask('GET', `${proxied(`pods/p:${sitePort}`)}?q=1`);
    expect([code, headers.location]).toEqual([301, `${proxied(`pods/p:${sitePort}`)}/?q=1`]);
    expect((await api.ask('POST', proxied(`pods/p:${sitePort}`), { body: 'x' })).text).toBe('x');
  });

  test('links and redirects lead through the proxy', async () => {
    const base = proxied('services/s');
    const { text } = await api.ask('GET', `${proxied('services/s')}/page`);
    expect(text).toBe(`<a href="${base}/next">n</a><img src="rel.png"><a href="http://elsewhere/x">`);
    const moved = await api.ask('GET', `${proxied('services/s:80')}/moved`);
    expect(moved.headers.location).toBe(`${proxied('services/s:80')}/target?x=1`);
  });

  test.each([
    ['with bytes right behind it', '', 'one'],
    ['that looks as if it had a body', 'Content-Length: 5\r\n', 'three'],
  ])('joins an upgrade %s to the pod', async (_, header, first) => {
    const socket = connect({ host: '127.0.0.1', port: api.port, ca: api.certificates.ca });
    const head = `GET ${proxied(`pods/p:${sitePort}`)}/chat HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n`;
    socket.write(`${head}Connection: Upgrade\r\nUpgrade: chat\r\n${header}\r\n${first}`);
    let reply = '';
    for await (const chunk of socket) {
      if (reply === '') socket.write(' two');
      reply += String(chunk);
      if (reply.endsWith(' two')) break;
    }
    expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 101 .*\r\n\r\n${first} two$`, 's'));
  });

  test('leaves a pod that does not answer an upgrade together with the client', async () => {
    const socket = connect({ host: '127.0.0.1', port: api.port, ca: api.certificates.ca });
    const left = once(site, 'left');
    const head = `GET ${proxied(`pods/p:${sitePort}`)}/silent HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n`;
    socket.write(`${head}Connection: Upgrade\r\nUpgrade: chat\r\n\r\nsomething`);
    await once(site, 'asked');
    socket.end(' more');
    expect(await left).toEqual([]);
  });

  test('says that a pod does not speak TLS', async () => {
    const { body } = await api.ask('GET', `${proxied(`pods/https:p:${sitePort}`)}/`);
    const message = 'error trying to reach service: tls: first record does not look like a TLS handshake';
    expect(body).toMatchObject({ code: 503, message });
  });

  test.each([
    ['pods/unbound', 400, 'address not allowed'],
    ['pods/a:b:c:d', 400, 'invalid pod request "a:b:c:d"'],
    ['pods/nope', 404, 'pods "nope" not found'],
    ['services/a:b:c:d', 400, 'invalid service request "a:b:c:d"'],
    ['services/s:82', 503, 'no service port 82 found for service "s"'],
    ['services/s:x', 503, 'no endpoints available for service "s:x"'],
    ['services/lonely', 404, 'services "lonely" not found'],
    ['pods/p:1', 503, 'error trying to reach service: dial tcp 127.0.0.1:1: connect: connection refused'],
    ['pods/p:web', 503, 'error trying to reach service: dial tcp: lookup tcp/web: unknown port'],
  ])('%s is answered with %i %s', async (of, code, message) => {
    expect((await api.ask('GET', `${proxied(of)}/`)).body).toMatchObject({ code, message });
  });
});
