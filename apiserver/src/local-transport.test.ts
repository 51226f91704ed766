import type { ConfigMap, WatchEvent } from '@kubarium/shared';
import { CONFIG_MAPS, KubeClient, NAMESPACES, type StatusError } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import type { Attributes } from './authorization/authorizer.ts';
import { LocalTransport } from './local-transport.ts';
import { resourceTable } from './registry/resource-table.ts';
import { registryOf } from './registry/testing/test-registry.ts';

const tokenIssuer = {
  issue: () => {
    throw new Error('no tokens here');
  },
};

async function setUp() {
  const test = await registryOf((runtime) => resourceTable({ runtime, tokenIssuer }));
  const asked: Attributes[] = [];
  const clientOf = (name: string): KubeClient => {
    const authorizer = {
      authorize: (user: { name: string }, attributes: Attributes) => {
        asked.push(attributes);
        return { allowed: user.name === 'admin', reason: '' };
      },
    };
    const { registry, context } = test;
    return new KubeClient(
      new LocalTransport({ registry, authorizer, user: { name, groups: [] }, runtime: context.runtime }),
    );
  };
  return { ...test, asked, client: clientOf('admin'), stranger: clientOf('eve') };
}

const draft = (name: string, data: Record<string, string> = {}) => ({ metadata: { name, namespace: 'default' }, data });
const turn = () => new Promise((resolve) => setImmediate(resolve));

function recorder() {
  const seen: string[] = [];
  const ends: (StatusError | undefined)[] = [];
  return {
    seen,
    ends,
    event: ({ type, object }: WatchEvent<ConfigMap>) => void seen.push(`${type} ${object.metadata.name}`),
    end: (error?: StatusError) => void ends.push(error),
  };
}

describe('requests', () => {
  it('go through the same pipeline as over HTTP', async () => {
    const { client } = await setUp();
    const created = await client.create(CONFIG_MAPS, draft('a', { x: '1' }));
    expect(created).toMatchObject({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      data: { x: '1' },
      metadata: { namespace: 'default', resourceVersion: '2' },
    });
    expect(await client.get(CONFIG_MAPS, { namespace: 'default', name: 'a' })).toBe(created);
    await client.update(CONFIG_MAPS, { ...created, data: { x: '2' } });
    await client.patch(CONFIG_MAPS, created.metadata, 'application/merge-patch+json', { data: { y: '3' } });
    const list = await client.list(CONFIG_MAPS, { namespace: 'default' });
    expect(list).toMatchObject({
      kind: 'ConfigMapList',
      metadata: { resourceVersion: '4' },
      items: [{ data: { x: '2', y: '3' } }],
    });
    expect(await client.delete(CONFIG_MAPS, created.metadata)).toMatchObject({ kind: 'Status', status: 'Success' });
    await expect(client.get(CONFIG_MAPS, created.metadata)).rejects.toMatchObject({ code: 404 });
  });

  it('copy their body before they return', async () => {
    const { client } = await setUp();
    const body = draft('a', { x: '1' });
    const creating = client.create(CONFIG_MAPS, body);
    body.data.x = '2';
    expect((await creating).data).toEqual({ x: '1' });
  });

  it('of one turn are one commit', async () => {
    const { client, storage } = await setUp();
    let commits = 0;
    storage.watch('configmaps/', storage.revision, () => void commits++);
    await Promise.all(['a', 'b', 'c'].map((name) => client.create(CONFIG_MAPS, draft(name))));
    expect(commits).toBe(1);
  });

  it('may be dry runs', async () => {
    const { client } = await setUp();
    await client.create(CONFIG_MAPS, draft('a'), { dryRun: true });
    expect((await client.list(CONFIG_MAPS)).items).toEqual([]);
  });

  it('need permission', async () => {
    const { stranger, asked } = await setUp();
    await expect(stranger.create(CONFIG_MAPS, draft('a'))).rejects.toMatchObject({
      code: 403,
      message:
        'configmaps is forbidden: User "eve" cannot create resource "configmaps" in API group "" in the namespace "default"',
    });
    await expect(stranger.get(NAMESPACES, { name: 'default' })).rejects.toMatchObject({ code: 403 });
    expect(asked.at(-1)).toMatchObject({
      verb: 'get',
      resource: { resource: 'namespaces', namespace: 'default', name: 'default' },
    });
  });

  it('for what is not served, or not understood, fail as over HTTP', async () => {
    const { client } = await setUp();
    const other = { ...CONFIG_MAPS, resource: 'nothings' };
    await expect(client.list(other)).rejects.toMatchObject({
      code: 404,
      message: 'the server could not find the requested resource',
    });
    const existing = await client.create(CONFIG_MAPS, draft('z'));
    await expect(client.update(CONFIG_MAPS, existing, { subresource: 'status' })).rejects.toMatchObject({ code: 404 });
    await expect(client.list(CONFIG_MAPS, { labelSelector: 'a b' })).rejects.toMatchObject({ code: 400 });
    await expect(client.create(CONFIG_MAPS, { ...draft('a'), data: { x: 1 as never } })).rejects.toMatchObject({
      code: 400,
    });
  });
});

describe('watches', () => {
  it('tell of changes in the order of commits, never before they are open', async () => {
    const { client } = await setUp();
    await client.create(CONFIG_MAPS, draft('a'));
    const sink = recorder();
    const stop = client.watch(CONFIG_MAPS, { namespace: 'default' }, sink);
    expect(sink.seen).toEqual([]);
    await client.create(CONFIG_MAPS, draft('b'));
    await client.delete(CONFIG_MAPS, { namespace: 'default', name: 'a' });
    stop();
    await client.create(CONFIG_MAPS, draft('c'));
    expect(sink.seen).toEqual(['ADDED a', 'ADDED b', 'DELETED a']);
    expect(sink.ends).toEqual([]);
  });

  it('end in good order at their timeout', async () => {
    const { client, clock } = await setUp();
    const sink = recorder();
    client.watch(CONFIG_MAPS, { timeoutSeconds: 10 }, sink);
    clock.advance(9_999);
    expect(sink.ends).toEqual([]);
    clock.advance(1);
    expect(sink.ends).toEqual([undefined]);
  });

  it.each([
    ['without permission', 'stranger', {}, 403],
    ['with a bad selector', 'client', { labelSelector: 'a b' }, 400],
    ['with options that contradict', 'client', { sendInitialEvents: true }, 422],
    ['of the compacted past', 'client', { resourceVersion: '1' }, 410],
  ] as const)('%s end with the error, once they have returned', async (_, who, options, code) => {
    const test = await setUp();
    await test.client.create(CONFIG_MAPS, draft('a'));
    test.storage.compact(2);
    const sink = recorder();
    test[who].watch(CONFIG_MAPS, options, sink);
    expect(sink.ends).toEqual([]);
    await turn();
    expect(sink.ends).toMatchObject([{ code }]);
  });
});
