import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackgroundProgram } from '../support/background-program.ts';
import { KubariumProcess } from '../support/kubarium-process.ts';
import { runProgram } from '../support/run-program.ts';

describe('the REST API with curl', () => {
  const cluster = new KubariumProcess();
  let token = '';
  const curlArgs = (path: string, ...args: string[]): string[] => [
    '-sS',
    '--cacert',
    cluster.caFile,
    '-H',
    `Authorization: Bearer ${token}`,
    ...args,
    cluster.url + path,
  ];
  const curl = async (path: string, ...args: string[]): Promise<string> =>
    (await runProgram('curl', curlArgs(path, ...args), { env: { PATH: process.env['PATH'] ?? '' } })).stdout;
  const json = async (path: string, ...args: string[]): Promise<Record<string, unknown>> =>
    JSON.parse(await curl(path, ...args));

  beforeAll(async () => {
    await cluster.up();
    token = (await cluster.kubarium('token')).stdout.trim();
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  test.each([
    [
      'pods',
      { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'one' }, spec: { containers: [{ name: 'c', image: 'x' }] } },
    ],
    ['services', { kind: 'Service', apiVersion: 'v1', metadata: { name: 'one' }, spec: { ports: [{ port: 80 }] } }],
  ])('creates, lists, watches and deletes %s', async (resource, object) => {
    const path = `/api/v1/namespaces/default/${resource}`;
    const before = (await json(path)) as { metadata: { resourceVersion: string } };
    await using watch = new BackgroundProgram(
      'curl',
      [
        '-N',
        ...curlArgs(
          `${path}?watch=true&resourceVersion=${before.metadata.resourceVersion}&fieldSelector=metadata.name%3Done`,
        ),
      ],
      { PATH: process.env['PATH'] ?? '' },
    );
    const created = await json(
      path,
      '-X',
      'POST',
      '-H',
      'Content-Type: application/json',
      '-d',
      JSON.stringify(object),
    );
    expect(created).toMatchObject({ kind: object.kind, metadata: { name: 'one' } });
    expect(
      ((await json(path)) as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name),
    ).toContain('one');
    await json(`${path}/one?gracePeriodSeconds=0`, '-X', 'DELETE');
    await watch.until(/"type":"DELETED"/);
    const events = watch.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(events[0]?.type).toBe('ADDED');
    expect(events.at(-1)?.type).toBe('DELETED');
  });

  test.each([
    { what: 'malformed JSON', body: '{"kind":', type: 'application/json', code: 400, reason: 'BadRequest' },
    { what: 'malformed YAML', body: 'a: [', type: 'application/yaml', code: 400, reason: 'BadRequest' },
    {
      what: 'malformed protobuf',
      body: 'k8s',
      type: 'application/vnd.kubernetes.protobuf',
      code: 400,
      reason: 'BadRequest',
    },
    {
      what: 'an unknown field, strictly',
      query: '?fieldValidation=Strict',
      type: 'application/json',
      code: 400,
      reason: 'BadRequest',
      body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"dat":{}}',
      message: 'unknown field "dat"',
    },
    {
      what: 'wrong values',
      type: 'application/json',
      code: 422,
      reason: 'Invalid',
      causes: ['metadata.name', 'data[a b]'],
      body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"A_"},"data":{"a b":"x"}}',
    },
    { what: 'an unknown media type', body: '{}', type: 'text/nonsense', code: 415, reason: 'UnsupportedMediaType' },
  ])('answers $what with $code', async ({ body, type, code, reason, query = '', message = '', causes }) => {
    const status = (await json(
      `/api/v1/namespaces/default/configmaps${query}`,
      '-X',
      'POST',
      '-H',
      `Content-Type: ${type}`,
      '--data-binary',
      body,
    )) as { code: number; reason: string; message: string; details?: { causes?: { field: string }[] } };
    expect(status).toMatchObject({ kind: 'Status', code, reason });
    expect(status.message).toContain(message);
    expect(status.details?.causes?.map((cause) => cause.field)).toEqual(causes);
  });

  test('answers a stale resourceVersion with 409 and an unknown path with 404', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    const post = ['-X', 'POST', '-H', 'Content-Type: application/json', '-d'];
    const first = await json(path, ...post, '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"stale"}}');
    const put = ['-X', 'PUT', '-H', 'Content-Type: application/json', '-d'];
    await json(`${path}/stale`, ...put, JSON.stringify({ ...first, data: { a: '1' } }));
    expect(await json(`${path}/stale`, ...put, JSON.stringify({ ...first, data: { a: '2' } }))).toMatchObject({
      code: 409,
      reason: 'Conflict',
    });
    expect(await curl('/nowhere')).toContain('404');
    expect(await json('/api/v1/namespaces/default/pods/nobody')).toMatchObject({ code: 404, reason: 'NotFound' });
  });

  test('answers a body over 3 MiB with 413', async () => {
    const big = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'big' },
      data: { a: 'x'.repeat(3 * 1024 * 1024) },
    });
    const done = await runProgram(
      'curl',
      curlArgs(
        '/api/v1/namespaces/default/configmaps',
        '-X',
        'POST',
        '-H',
        'Content-Type: application/json',
        '--data-binary',
        '@-',
      ),
      { env: { PATH: process.env['PATH'] ?? '' }, stdin: big },
    );
    expect(JSON.parse(done.stdout)).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' });
  });

  test('lets a stranger see the version and nothing else', async () => {
    const anonymous = async (path: string): Promise<{ code?: number; gitVersion?: string }> =>
      JSON.parse(
        (
          await runProgram('curl', ['-sS', '--cacert', cluster.caFile, cluster.url + path], {
            env: { PATH: process.env['PATH'] ?? '' },
          })
        ).stdout,
      );
    expect((await anonymous('/version')).gitVersion).toMatch(/^v1\.35\./);
    expect((await anonymous('/api/v1/pods')).code).toBe(403);
    token = `${token}x`;
    expect(await json('/api/v1/pods')).toMatchObject({ code: 401 });
    token = token.slice(0, -1);
  });
});

describe('a start that cannot succeed', () => {
  test('says so where the port is taken', async () => {
    await using first = new KubariumProcess();
    await first.up();
    await using second = new KubariumProcess();
    const done = await second.kubarium('up', '--port', new URL(first.url).port, '--dns-port', '0');
    expect(done.code).toBe(2);
    expect(done.stderr).toMatch(/port \d+ .*in use/);
    expect(done.stderr).toMatch(/--port/);
  });

  test('says so where the state folder cannot be used', async () => {
    await using cluster = new KubariumProcess();
    const done = await runProgram(
      process.execPath,
      ['-e', `require('fs').writeFileSync(${JSON.stringify(cluster.dataDir)}, '')`],
      { env: {} },
    );
    expect(done.code).toBe(0);
    const up = await cluster.kubarium('up', '--port', '0', '--dns-port', '0');
    expect(up.code).toBe(2);
    expect(up.stderr).toContain(cluster.dataDir);
  });
});
