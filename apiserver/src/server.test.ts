import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_TOKEN, testServer, type TestServer } from './endpoints/testing/test-server.ts';

let api: TestServer;

beforeAll(async () => {
  api = await testServer();
});

afterAll(() => api[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json' };
const configMap = (name: string, data: object = {}) => ({
  body: JSON.stringify({ metadata: { name }, data }),
  headers: json,
});
const MAPS = '/api/v1/namespaces/default/configmaps';

test.each([
  ['/readyz', 200, 'ok'],
  ['/livez/ping', 200, 'ok'],
  ['/livez/none', 404, '404 page not found\n'],
  ['/healthz?verbose&exclude=log', 200, '[+]ping ok\n[+]log excluded: ok\nhealthz check passed\n'],
  [
    '/readyz?verbose&exclude=none',
    200,
    '[+]ping ok\n[+]log ok\nwarn: some health checks cannot be excluded: no matches for "none"\nreadyz check passed\n',
  ],
])('GET %s tells the health by %i', async (path, code, text) => {
  expect(await api.ask('GET', path)).toMatchObject({ code, text });
});

describe('who may come in', () => {
  test.each([
    ['/version', 200],
    ['/healthz', 200],
    ['/livez', 200],
    ['/readyz', 200],
    ['/', 403],
    ['/api', 403],
    ['/metrics', 403],
    ['/.well-known/openid-configuration', 403],
    ['/api/v1/pods', 403],
  ])('anonymous GET %s is answered with %i', async (path, code) => {
    expect((await api.ask('GET', path, { token: null })).code).toBe(code);
  });

  test.each([
    ['GET', '/', 'forbidden: User "system:anonymous" cannot get path "/"'],
    [
      'GET',
      '/api/v1/pods',
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
    ],
    [
      'POST',
      '/api/v1/namespaces/x/pods/y/exec',
      'pods "y" is forbidden: User "system:anonymous" cannot create resource "pods/exec" in API group "" in the namespace "x"',
    ],
    [
      'GET',
      '/apis/apps/v1/deployments',
      'deployments.apps is forbidden: User "system:anonymous" cannot list resource "deployments" in API group "apps" at the cluster scope',
    ],
  ])('403 for %s %s says what is missing', async (method, path, message) => {
    expect((await api.ask(method, path, { token: null })).body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message,
    });
  });

  test('a token that nobody knows is refused even where anonymous may go', async () => {
    const { code, text } = await api.ask('GET', '/version', { token: 'bad' });
    expect([code, text]).toEqual([
      401,
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n',
    ]);
  });

  test('a client certificate names user and groups', async () => {
    const { key, cert } = await api.certificates.client('jane', 'system:masters', 'team');
    const { body } = await api.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      token: null,
      key,
      cert,
      body: '{}',
      headers: json,
    });
    expect(body['status']).toEqual({
      userInfo: { username: 'jane', groups: ['system:masters', 'team', 'system:authenticated'] },
    });
  });

  test('a client certificate of another CA is refused', async () => {
    const { testCertificates } = await import('./endpoints/testing/certificates.ts');
    const stranger = await (await testCertificates()).client('jane', 'system:masters');
    expect((await api.ask('GET', '/version', { token: null, ...stranger })).code).toBe(401);
  });

  test('an administrator may act as somebody else', async () => {
    const { body } = await api.ask('GET', '/api/v1/namespaces/default/pods', {
      headers: { 'Impersonate-User': 'bob' },
    });
    expect(body.message).toBe(
      'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"',
    );
  });

  test('somebody else may not act as an administrator', async () => {
    const { key, cert } = await api.certificates.client('bob');
    const { body } = await api.ask('GET', '/version', {
      token: null,
      key,
      cert,
      headers: { 'Impersonate-User': 'admin' },
    });
    expect(body.message).toBe(
      'users "admin" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
  });

  test('groups without a user cannot be taken on', async () => {
    const { body } = await api.ask('GET', '/version', { headers: { 'Impersonate-Group': 'x' } });
    expect(body).toMatchObject({ code: 400, message: 'requested [{Group  x    }] without impersonating a user' });
  });
});

describe('paths that lead nowhere', () => {
  test.each([
    ['GET', '/foo'],
    ['GET', '/apis/foo.io/v1/x'],
    ['GET', '//api/v1'],
  ])('%s %s is no page', async (method, path) => {
    const { code, text, headers } = await api.ask(method, path);
    expect([code, text, headers['content-type']]).toEqual([404, '404 page not found\n', 'text/plain; charset=utf-8']);
  });

  test.each([
    ['GET', '/api/v1/foos', 404],
    ['GET', '/apis/apps/v1/foos', 404],
    ['GET', '/api/v1/pods/x', 404],
    ['GET', '/api/v1/namespaces/default/nodes', 404],
    ['GET', '/api/v1/namespaces/default/pods/x/y', 404],
    ['GET', '/api/v1/namespaces/default/pods/x/log/y', 404],
    ['PUT', '/api/v1/namespaces/default/pods', 405],
    ['POST', '/api/v1/namespaces/default/pods/x', 405],
    ['POST', '/api/v1/pods', 405],
    ['DELETE', '/api/v1/pods', 405],
    ['DELETE', '/api/v1/nodes/x/status', 405],
    ['OPTIONS', '/api/v1/namespaces', 405],
    ['GET', '/apis/authentication.k8s.io/v1/tokenreviews', 405],
    ['POST', '/version', 405],
  ])('%s %s is answered with %i', async (method, path, code) => {
    const { body } = await api.ask(method, path);
    expect(body).toMatchObject({ code, reason: code === 404 ? 'NotFound' : 'MethodNotAllowed', details: {} });
  });

  test("a path with a broken escape is the client's mistake", async () => {
    expect((await api.ask('GET', '/api/v1/namespaces/%zz')).code).toBe(400);
  });
});

describe('objects', () => {
  test('are created, read, replaced, patched and deleted', async () => {
    const created = await api.ask('POST', MAPS, configMap('a', { x: '1' }));
    expect(created.code).toBe(201);
    expect(created.headers['content-type']).toBe('application/json');
    expect(created.text.endsWith('}\n')).toBe(true);
    expect((await api.ask('GET', `${MAPS}/a`)).text).toBe(created.text);
    expect((await api.ask('PUT', `${MAPS}/a`, configMap('a', { x: '2' }))).body['data']).toEqual({ x: '2' });
    const patched = await api.ask('PATCH', `${MAPS}/a`, {
      body: '{"data":{"x":"3"}}',
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(patched.body['data']).toEqual({ x: '3' });
    expect((await api.ask('DELETE', `${MAPS}/a`)).code).toBe(200);
    expect((await api.ask('GET', `${MAPS}/a`)).body.message).toBe('configmaps "a" not found');
  });

  test('are listed without repeating their kind', async () => {
    await api.ask('POST', '/api/v1/namespaces/lists/configmaps', configMap('one'));
    await api.ask('POST', '/api/v1/namespaces/lists/configmaps', configMap('two'));
    const { body, headers } = await api.ask('GET', '/api/v1/namespaces/lists/configmaps');
    expect(headers['content-length']).toBeDefined();
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
    const items = body['items'] as { kind?: string; metadata: { name: string } }[];
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['one', 'two']);
    expect(items[0]!.kind).toBeUndefined();
  });

  test('a long list arrives whole', async () => {
    for (let i = 0; i < 300; i++) {
      await api.ask('POST', '/api/v1/namespaces/long/configmaps', configMap(`m${i}`, { x: 'ü'.repeat(3000) }));
    }
    const { body } = await api.ask('GET', '/api/v1/namespaces/long/configmaps');
    expect((body['items'] as unknown[]).length).toBe(300);
  });

  test('come pretty to people, in YAML or as metadata to those who ask', async () => {
    await api.ask('POST', MAPS, configMap('forms'));
    expect((await api.ask('GET', `${MAPS}/forms?pretty=true`)).text).toMatch(/^\{\n {2}"kind": "ConfigMap"/);
    const yaml = await api.ask('GET', `${MAPS}/forms`, { headers: { accept: 'application/yaml' } });
    expect(yaml.headers['content-type']).toBe('application/yaml');
    expect(yaml.text).toMatch(/^apiVersion: v1\n/);
    const partial = await api.ask('GET', `${MAPS}/forms`, {
      headers: { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' },
    });
    expect(Object.keys(partial.body)).toEqual(['kind', 'apiVersion', 'metadata']);
    const table = await api.ask('GET', MAPS, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
    expect(table.body).toMatchObject({
      kind: 'Table',
      columnDefinitions: [{ name: 'Name' }, { name: 'Data' }, { name: 'Age' }],
    });
  });

  test('come as tables where they are printed, which most subresources are not', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    const spec = { containers: [{ name: 'c', image: 'i' }] };
    await api.ask('POST', pods, { body: JSON.stringify({ metadata: { name: 'printed' }, spec }), headers: json });
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const kind = async (subresource: string, alternative = ''): Promise<unknown> =>
      (await api.ask('GET', `${pods}/printed/${subresource}`, { headers: { accept: accept + alternative } })).body[
        'kind'
      ];
    expect(await kind('status')).toBe('Table');
    expect(await kind('ephemeralcontainers')).toBe('Status');
    expect(await kind('ephemeralcontainers', ',application/json')).toBe('Pod');
  });

  test('a body of more than 3 MiB is refused', async () => {
    const { body } = await api.ask('POST', MAPS, { body: 'x'.repeat(3 * 1024 * 1024 + 1), headers: json });
    expect(body).toMatchObject({ code: 413, message: 'Request entity too large: limit is 3145728' });
  });

  test.each([
    ['plain', String.raw`299 - "unknown field \"plain\""`],
    ['grün', String.raw`299 - "unknown field \"gr\u00fcn\""`],
  ])('the unknown field %j is warned of in a header', async (field, warning) => {
    const body = JSON.stringify({ metadata: { name: 'warned' }, [field]: 1 });
    const { headers } = await api.ask('POST', `${MAPS}?dryRun=All`, { body, headers: json });
    expect(headers['warning']).toBe(warning);
  });

  test('of many and long warnings so much is told as fits into a head', async () => {
    const fields = Array.from({ length: 90 }, (_, i) => [`${'x'.repeat(500)}${i}`, 1]);
    const body = JSON.stringify({ metadata: { name: 'warned' }, ...Object.fromEntries(fields) });
    const { code, headers } = await api.ask('POST', `${MAPS}?dryRun=All`, { body, headers: json });
    expect(code).toBe(201);
    const warning = `299 - "unknown field \\"${'x'.repeat(241)}"`;
    expect(headers['warning']).toBe(Array(16).fill(warning).join(', '));
  });

  test.each(['x', 'application/', ';', 'application/json; charset', 'text/plain; a="'])(
    'a body of the type %j is refused as of an unknown format, or read',
    async (type) => {
      const question = { ...configMap('typed'), headers: { 'content-type': type } };
      expect([201, 409, 415]).toContain((await api.ask('POST', MAPS, question)).code);
      expect((await api.ask('PATCH', `${MAPS}/typed`, question)).code).toBe(415);
    },
  );

  test('OPTIONS, even with a body, is a method that objects do not have', async () => {
    expect((await api.ask('OPTIONS', MAPS, configMap('x'))).code).toBe(405);
  });

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    '%s of a proxy to a node, which is not served, is a 404',
    async (method) => {
      expect((await api.ask(method, '/api/v1/nodes/node-1/proxy', configMap('x'))).code).toBe(404);
    },
  );

  test('a patch of an unknown type is refused', async () => {
    const { body } = await api.ask('PATCH', `${MAPS}/x`, { body: '{}', headers: json });
    expect(body).toMatchObject({ code: 415, message: '415: Unsupported Media Type' });
  });
});

describe('watches', () => {
  test('send each change as a line, then end at the timeout', async () => {
    const path = '/api/v1/namespaces/watched/secrets';
    const response = await api.open('GET', `${path}?watch=true&timeoutSeconds=1`);
    expect(response.headers['transfer-encoding']).toBe('chunked');
    await api.ask('POST', path, { body: '{"metadata":{"name":"s"}}', headers: json });
    await api.ask('DELETE', `${path}/s`);
    const events: string[] = [];
    for await (const line of createInterface({ input: response }))
      events.push((JSON.parse(line) as { type: string }).type);
    expect(events).toEqual(['ADDED', 'DELETED']);
  });

  test('end with an ERROR event where the past is gone', async () => {
    const response = await api.open('GET', '/api/v1/services?watch=true');
    const lines = createInterface({ input: response });
    api.registry.resource('', 'v1', 'services')!.expireWatches();
    const [line] = (await once(lines, 'line')) as [string];
    expect(JSON.parse(line)).toMatchObject({ type: 'ERROR', object: { code: 410 } });
    expect(api.registry.resource('', 'v1', 'services')!.watchers).toBe(0);
  });

  test('are forgotten when the client goes', async () => {
    const endpoints = api.registry.resource('', 'v1', 'endpoints')!;
    const response = await api.open('GET', '/api/v1/watch/endpoints');
    expect(endpoints.watchers).toBe(1);
    response.destroy();
    await once(response, 'close');
    await expect.poll(() => endpoints.watchers).toBe(0);
  });

  test('end when the server goes down', async () => {
    const other = await testServer();
    const response = await other.open('GET', '/api/v1/pods?watch=true');
    const ended = once(response.resume(), 'end');
    await other[Symbol.asyncDispose]();
    await expect(ended).resolves.toEqual([]);
  });
});

test('the end of the server waits for no client that does not read', async () => {
  await using own = await testServer();
  const watch = await own.open('GET', `${MAPS}?watch=true`);
  watch.pause();
  const big = configMap('big', { text: 'x'.repeat(900_000) });
  await own.ask('POST', MAPS, big);
  for (let i = 0; i < 20; i++) await own.ask('PUT', `${MAPS}/big`, configMap('big', { text: `${i}`.repeat(400_000) }));
  const began = performance.now();
  await own[Symbol.asyncDispose]();
  expect(performance.now() - began).toBeLessThan(2_000);
  watch.destroy();
});

test.each(['GET', 'PATCH'])('%s of the proxy to a pod without a name leads nowhere', async (method) => {
  expect((await api.ask(method, '/api/v1/namespaces/default/pods//proxy', configMap('x'))).code).toBe(404);
});

test('metrics count requests by verb, resource and code', async () => {
  await api.ask('GET', `${MAPS}/never`);
  const { text } = await api.ask('GET', '/metrics');
  expect(text).toMatch(/apiserver_request_total\{verb="GET",.*resource="configmaps",.*code="404"\} \d+/);
  expect(text).toMatch(
    /^apiserver_request_duration_seconds_bucket\{verb="GET",.*resource="configmaps",.*,le="\+Inf"\} [1-9]\d*$/m,
  );
  expect(text).toMatch(/process_resident_memory_bytes \d+/);
});

test('metrics escape what a URL brings', async () => {
  await api.ask('GET', '/api/v1/a%22b%5Cc%0Ad');
  const { text } = await api.ask('GET', '/metrics');
  expect(text).toContain('resource="a\\"b\\\\c\\nd"');
});

test('the index names every group version', async () => {
  const { body } = await api.ask('GET', '/');
  expect(body['paths']).toEqual(expect.arrayContaining(['/api/v1', '/apis/apps/v1', '/readyz/ping', '/version']));
});

describe('reviews', () => {
  test.each([
    ['{"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}', 'bob', { allowed: false }],
    [
      '{"spec":{"nonResourceAttributes":{"path":"/version","verb":"get"}}}',
      'bob',
      {
        allowed: true,
        reason:
          'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
      },
    ],
  ])('%s by %s', async (body, user, status) => {
    const answer = await api.ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      body,
      headers: { ...json, 'Impersonate-User': user },
    });
    expect(answer.code).toBe(201);
    expect(answer.body['status']).toEqual(status);
  });

  test('a token tells whose it is', async () => {
    const { body } = await api.ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      body: JSON.stringify({ spec: { token: ADMIN_TOKEN } }),
      headers: json,
    });
    expect(body['status']).toMatchObject({ authenticated: true, user: { username: 'kubernetes-admin' } });
  });
});

describe('ServiceAccount tokens', () => {
  const ask = (token: string) =>
    api.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { token, body: '{}', headers: json });

  test('hold as long as the account and the pod exist', async () => {
    const account = (await api.ask('POST', '/api/v1/namespaces/sa/serviceaccounts', configMap('robot'))).body;
    const pod = (await api.ask('POST', '/api/v1/namespaces/sa/pods', configMap('p'))).body;
    const { uid } = account['metadata'] as { uid: string };
    const podUid = (pod['metadata'] as { uid: string }).uid;
    const { token } = api.signer.issue({
      audiences: [],
      expirationSeconds: 3600,
      serviceAccount: { namespace: 'sa', name: 'robot', uid },
      boundObject: { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: podUid },
    });
    expect((await ask(token)).body['status']).toMatchObject({
      userInfo: {
        username: 'system:serviceaccount:sa:robot',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:sa', 'system:authenticated'],
      },
    });
    await api.ask('DELETE', '/api/v1/namespaces/sa/pods/p');
    expect((await ask(token)).code).toBe(401);
  });

  test('signed by somebody else are refused', async () => {
    const other = await testServer();
    const { token } = other.signer.issue({
      audiences: [],
      expirationSeconds: 3600,
      serviceAccount: { namespace: 'sa', name: 'robot', uid: 'x' },
    });
    await other[Symbol.asyncDispose]();
    expect((await ask(token)).code).toBe(401);
  });

  test('can be checked by others', async () => {
    const { body } = await api.ask('GET', '/openid/v1/jwks');
    expect(body['keys']).toMatchObject([{ use: 'sig', kty: 'EC', alg: 'ES256' }]);
  });
});

test('a watcher who is behind when the server ends gets all that was written, and the end', async () => {
  const own = await testServer();
  const watch = await own.open('GET', `${MAPS}?watch=true`);
  watch.pause();
  const data = { text: 'x'.repeat(1_000_000) };
  for (let n = 0; n < 8; n++) expect((await own.ask('POST', MAPS, configMap(`big-${n}`, data))).code).toBe(201);
  const stopped = own[Symbol.asyncDispose]();
  let length = 0;
  for await (const bytes of watch) length += (bytes as Buffer).length;
  await stopped;
  expect(watch.complete).toBe(true);
  expect(length).toBeGreaterThan(8_000_000);
});

test('an upgrade that is refused while the request before it waits for its answer ends the connection, and nothing else', async () => {
  const socket = connect({ host: '127.0.0.1', port: api.port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const head = `Host: a\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n`;
  socket.write(
    `GET ${MAPS}?watch=true HTTP/1.1\r\n${head}\r\n` +
      `GET /api/v1/namespaces/default/pods/none/exec?command=ls HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  );
  socket.on('error', () => undefined).resume();
  await once(socket, 'close');
  expect((await api.ask('GET', '/version')).code).toBe(200);
});

test('a watch of tables that asks for what they have not is refused before it begins', async () => {
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const { code, body } = await api.ask('GET', `${MAPS}?watch=true&includeObject=x`, { headers });
  expect([code, body.message]).toEqual([
    400,
    expect.stringContaining("must be 'Metadata', 'Object', 'None', or empty"),
  ]);
});

test('a client that speaks HTTP is told that TLS is spoken here', async () => {
  const socket = connectPlain({ host: '127.0.0.1', port: api.port });
  socket.write('GET /version HTTP/1.1\r\nHost: a\r\n\r\n');
  expect(await text(socket)).toBe('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
});

test.each([
  ['is no HTTP', 'nonsense', '400 Bad Request'],
  ['has a header that is none', 'GET / HTTP/1.1\r\nbad', '400 Bad Request'],
  [
    'has too much in its headers',
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(1_100_000)}`,
    '431 Request Header Fields Too Large',
  ],
])('a request that %s is told so in the words of Go', async (_, request, status) => {
  const socket = connect({ host: '127.0.0.1', port: api.port, ca: api.certificates.ca });
  socket.write(`${request}\r\n\r\n`);
  expect(await text(socket)).toBe(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`,
  );
});

test('a watcher that leaves in the midst of a body is noticed', async () => {
  const open = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const socket = connect({ host: '127.0.0.1', port: api.port, ca: api.certificates.ca });
  await once(socket, 'secureConnect');
  const before = open();
  const head = `GET ${MAPS}?watch=1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\nContent-Length: 200000\r\n\r\n`;
  socket.write(head + 'x'.repeat(150_000));
  await once(socket, 'data');
  socket.destroy();
  // Its own end and the server's.
  await expect.poll(open).toBeLessThanOrEqual(before - 2);
});

test('a selector of twenty thousand characters is read', async () => {
  const values = Array.from({ length: 2_000 }, (_, index) => `v${index + 10_000}`);
  const { code } = await api.ask('GET', `${MAPS}?labelSelector=a%20in%20(${values.join()})`);
  expect(code).toBe(200);
});

test.each([
  ['/apis/apps/v2', 'the server could not find the requested resource'],
  ['/api/v2', 'the server could not find the requested resource'],
  ['/apis/nothing.example.com/v1', '404 page not found'],
  ['/apis/nothing.example.com', '404 page not found'],
])('%s leads nowhere', async (path, message) => {
  const { code, text: page } = await api.ask('GET', path);
  expect(code).toBe(404);
  expect(page).toContain(message);
});

test('the members of a Status come in the order of the real server', async () => {
  const { body } = await api.ask('PATCH', `${MAPS}/none`, { headers: { 'content-type': 'text/plain' }, body: '{}' });
  expect(Object.keys(body)).toEqual([
    'kind',
    'apiVersion',
    'metadata',
    'status',
    'message',
    'reason',
    'details',
    'code',
  ]);
});
