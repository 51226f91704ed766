import { once } from 'node:events';
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CONFIG_MAPS,
  HttpTransport,
  isNotFound,
  KubeClient,
  loadKubeconfig,
  SECRETS,
  StatusError,
  type ConfigMap,
  type WatchEvent,
} from '@kubarium/shared';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_TOKEN, testServer, type TestServer } from './endpoints/testing/test-server.ts';

let api: TestServer;
let transport: HttpTransport;
let client: KubeClient;

beforeAll(async () => {
  api = await testServer();
  transport = new HttpTransport({ server: api.url, ca: api.certificates.ca, token: ADMIN_TOKEN });
  client = new KubeClient(transport);
});

afterAll(async () => {
  transport[Symbol.dispose]();
  await api[Symbol.asyncDispose]();
});

describe('HttpTransport', () => {
  test('carries every verb', async () => {
    const metadata = { name: 'a', namespace: 'default' };
    const created = await client.create<ConfigMap>(CONFIG_MAPS, { metadata, data: { x: '1' } });
    expect(created.metadata.uid).not.toBe('');
    expect(await client.get(CONFIG_MAPS, metadata)).toEqual(created);
    const updated = await client.update(CONFIG_MAPS, { ...created, data: { x: '2' } });
    expect(updated.data).toEqual({ x: '2' });
    const type = 'application/merge-patch+json';
    expect((await client.patch(CONFIG_MAPS, metadata, type, { data: { x: '3' } })).data).toEqual({ x: '3' });
    expect((await client.list(CONFIG_MAPS, { namespace: 'default' })).items).toHaveLength(1);
    await client.delete(CONFIG_MAPS, metadata);
    await expect(client.get(CONFIG_MAPS, metadata)).rejects.toSatisfy(isNotFound);
  });

  test('tells of each change, then of the end', async () => {
    const events: WatchEvent['type'][] = [];
    const { promise: ended, resolve } = Promise.withResolvers<StatusError | undefined>();
    const seen = Promise.withResolvers<void>();
    client.watch(
      SECRETS,
      { namespace: 'w', timeoutSeconds: 1 },
      { event: ({ type }) => (events.push(type) === 2 ? seen.resolve() : undefined), end: resolve },
    );
    await expect.poll(() => api.registry.resource('', 'v1', 'secrets')!.watchers).toBe(1);
    await client.create(SECRETS, { metadata: { name: 's', namespace: 'w' } });
    await client.delete(SECRETS, { name: 's', namespace: 'w' });
    await seen.promise;
    expect(events).toEqual(['ADDED', 'DELETED']);
    expect(await ended).toBeUndefined();
  });

  test('ends a watch with the Status that the server sent', async () => {
    const { promise: ended, resolve } = Promise.withResolvers<StatusError | undefined>();
    client.watch(SECRETS, {}, { event: () => {}, end: resolve });
    await expect.poll(() => api.registry.resource('', 'v1', 'secrets')!.watchers).toBe(1);
    api.registry.resource('', 'v1', 'secrets')!.expireWatches();
    expect((await ended)?.code).toBe(410);
  });

  test('a watch that is given up ends without a word', async () => {
    const secrets = api.registry.resource('', 'v1', 'secrets')!;
    const stop = client.watch(SECRETS, {}, { event: () => {}, end: () => expect.unreachable() });
    await expect.poll(() => secrets.watchers).toBe(1);
    stop();
    await expect.poll(() => secrets.watchers).toBe(0);
  });

  test('no server is 503, for requests and watches alike', async () => {
    const lost = new KubeClient(new HttpTransport({ server: 'https://127.0.0.1:1' }));
    await expect(lost.list(SECRETS)).rejects.toMatchObject({ code: 503, reason: 'ServiceUnavailable' });
    const { promise: ended, resolve } = Promise.withResolvers<StatusError | undefined>();
    lost.watch(SECRETS, {}, { event: () => {}, end: resolve });
    expect((await ended)?.code).toBe(503);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    [
      'refuses it in half a sentence',
      (response) => response.writeHead(500, { 'content-length': 100 }).write('half', () => response.destroy()),
    ],
    ['tells what is no event', (response) => response.end('<html>\n')],
  ])('requests and watches end with an error of the API where the server %s', async (_, answer) => {
    await using server = createServer(api.certificates.server, (_request, response) => answer(response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    using broken = new HttpTransport({ server: `https://127.0.0.1:${port}`, ca: api.certificates.ca });
    const { promise: ended, resolve } = Promise.withResolvers<StatusError | undefined>();
    new KubeClient(broken).watch(SECRETS, {}, { event: () => {}, end: resolve });
    expect((await ended)?.code).toBe(503);
    await expect(new KubeClient(broken).list(SECRETS)).rejects.toMatchObject({ code: 503 });
  });

  test('what the server does not allow is told as it tells it', async () => {
    const stranger = new KubeClient(new HttpTransport({ server: api.url, ca: api.certificates.ca }));
    await expect(stranger.list(SECRETS)).rejects.toMatchObject({ code: 403, reason: 'Forbidden' });
  });

  test('a kubeconfig says all that is needed', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'kubeconfig-'));
    const { key, cert } = await api.certificates.client('admin', 'system:masters');
    writeFileSync(join(folder.path, 'ca.pem'), api.certificates.ca);
    const path = join(folder.path, 'config');
    writeFileSync(
      path,
      JSON.stringify({
        'current-context': 'c',
        contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', namespace: 'n' } }],
        clusters: [{ name: 'k', cluster: { server: api.url, 'certificate-authority': 'ca.pem' } }],
        users: [
          {
            name: 'u',
            user: {
              'client-certificate-data': Buffer.from(cert).toString('base64'),
              'client-key-data': Buffer.from(key).toString('base64'),
            },
          },
        ],
      }),
    );
    const options = loadKubeconfig(path);
    expect(options.namespace).toBe('n');
    using own = new HttpTransport(options);
    expect((await new KubeClient(own).list(SECRETS)).kind).toBe('SecretList');
    expect(() => loadKubeconfig(path, 'other')).toThrow('has no context named "other"');
  });
});
