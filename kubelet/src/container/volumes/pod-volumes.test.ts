import type { ApiObject, ConfigMap, Secret, Volume } from '@kubarium/shared';
import { forbidden, PODS } from '@kubarium/shared';
import { makeConfigMap, makeSecret } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import { TestNode } from '../../testing/test-node.ts';
import type { FileSystem } from '../file-system.ts';

const configMap = (name: string, data: Record<string, string>, more: Partial<ConfigMap> = {}): ConfigMap =>
  makeConfigMap(name, { data, ...more });
const secret = (name: string, data: Record<string, string>): Secret => makeSecret(name, { data });

const run = (node: TestNode, volume: Omit<Volume, 'name'>, mount: object = {}, spec: object = {}): Promise<unknown> =>
  node.run({
    metadata: { labels: { app: 'web' }, annotations: { a: 'x "y"' } },
    spec: {
      volumes: [{ name: 'v', ...volume }],
      containers: [{ name: 'main', image: 'x', volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] }],
      ...spec,
    },
  });

const files = (node: TestNode): FileSystem => node.containers.last('main').options.files;
const read = (node: TestNode, path: string): string => files(node).readFile(path).toString();

it('is as old as what is in it, however late somebody looks', async () => {
  await using node = await TestNode.start();
  node.api.put('configmaps', configMap('config', { one: '1', two: '2' }));
  await run(node, { configMap: { name: 'config' } });
  await node.advance(60);
  node.api.put('configmaps', configMap('config', { one: 'new' }));
  await node.settle();
  const changedMs = node.clock.now();
  await node.advance(60);
  expect(read(node, '/v/one')).toBe('new');
  expect(files(node).exists('/v/two')).toBe(false);
  expect(files(node).stat('/v/one').modifiedMs).toBe(changedMs);
});

it('lays the keys of a ConfigMap down as files, and follows its changes in one step', async () => {
  await using node = await TestNode.start();
  node.api.put('configmaps', configMap('config', { one: '1', two: '2' }, { binaryData: { bin: '/wA=' } }));
  await run(node, { configMap: { name: 'config' } });
  expect(
    files(node)
      .readDirectory('/v')
      .filter((name) => !name.startsWith('..')),
  ).toEqual(['bin', 'one', 'two']);
  expect(read(node, '/v/one')).toBe('1');
  expect(files(node).readFile('/v/bin')).toEqual(Buffer.from([0xff, 0]));
  expect(files(node).readLink('/v/one')).toBe('..data/one');
  expect(files(node).stat('/v/one').mode & 0o777).toBe(0o644);
  const before = files(node).readLink('/v/..data');
  node.api.put('configmaps', configMap('config', { one: 'new' }));
  await node.settle();
  expect(
    files(node)
      .readDirectory('/v')
      .filter((name) => !name.startsWith('..')),
  ).toEqual(['one']);
  expect(read(node, '/v/one')).toBe('new');
  expect(files(node).readLink('/v/..data')).not.toBe(before);
  expect(files(node).exists(`/v/${before}`)).toBe(false);
  expect(() => files(node).writeFile('/v/one', 'x')).toThrow('Read-only file system');
});

it('takes the keys of a Secret that are asked for, where and how they are', async () => {
  await using node = await TestNode.start();
  node.api.put('secrets', secret('s', { password: 'aHVudGVyMg==', user: 'bWU=' }));
  await run(node, {
    secret: { secretName: 's', defaultMode: 0o400, items: [{ key: 'password', path: 'deep/pw', mode: 0o440 }] },
  });
  expect(read(node, '/v/deep/pw')).toBe('hunter2');
  expect(files(node).stat('/v/deep/pw').mode & 0o777).toBe(0o440);
  expect(files(node).exists('/v/user')).toBe(false);
});

it.each<[string, Omit<Volume, 'name'>, string]>([
  ['ConfigMap', { configMap: { name: 'x' } }, 'configmap "x" not found'],
  ['Secret', { secret: { secretName: 'x' } }, 'secret "x" not found'],
  [
    'key',
    { configMap: { name: 'there', items: [{ key: 'k', path: 'k' }] } },
    'configmap references non-existent config key: k',
  ],
  [
    'several',
    { projected: { sources: [{ configMap: { name: 'x' } }, { secret: { name: 'y' } }] } },
    '[configmap "x" not found, secret "y" not found]',
  ],
  [
    'directory of the node',
    { hostPath: { path: '/x', type: 'Directory' } },
    'hostPath type check failed: /x is not a directory',
  ],
])('says which %s is missing, and waits for it', async (_, volume, message) => {
  await using node = await TestNode.start();
  node.api.put('configmaps', configMap('there', {}));
  await run(node, volume);
  expect(node.events()).toEqual([`FailedMount: MountVolume.SetUp failed for volume "v" : ${message}`]);
  expect(node.pod().status.containerStatuses![0]!.state).toEqual({ waiting: { reason: 'ContainerCreating' } });
  expect(node.containers.started).toEqual([]);
});

it('starts the pod as soon as what it waits for is there', async () => {
  await using node = await TestNode.start();
  await run(node, { configMap: { name: 'late' } });
  await node.advance(100);
  node.api.put('configmaps', configMap('late', { k: 'v' }));
  await node.settle();
  expect(read(node, '/v/k')).toBe('v');
});

it('mounts a service account token for the pod, and renews it', async () => {
  await using node = await TestNode.start();
  let count = 0;
  node.api.token = () => `token-${++count}`;
  node.api.put('configmaps', configMap('kube-root-ca.crt', { 'ca.crt': 'CA' }));
  await run(node, {
    projected: {
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  });
  expect(['token', 'ca.crt', 'namespace'].map((name) => read(node, `/v/${name}`))).toEqual([
    'token-1',
    'CA',
    'default',
  ]);
  const request = node.api.requests.find(({ subresource }) => subresource === 'token')!;
  expect(request.body).toMatchObject({
    spec: { expirationSeconds: 3600, boundObjectRef: { kind: 'Pod', name: 'pod', uid: 'uid-default-pod' } },
  });
  await node.advance(2881);
  expect(read(node, '/v/token')).toBe('token-2');
});

it('waits while it is given no token', async () => {
  await using node = await TestNode.start();
  node.api.token = () => {
    throw forbidden(PODS, 'x', 'no');
  };
  await run(node, { projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } });
  expect(node.events()).toEqual([
    'FailedMount: MountVolume.SetUp failed for volume "v" : failed to fetch token: pods "x" is forbidden: no',
  ]);
});

it('tells the pod of itself, and of changes of its labels', async () => {
  await using node = await TestNode.start();
  await run(node, {
    downwardAPI: {
      items: [
        { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
        { path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } },
        { path: 'cpu', resourceFieldRef: { containerName: 'main', resource: 'limits.cpu' } },
      ],
    },
  });
  expect(read(node, '/v/labels')).toBe('app="web"');
  expect(read(node, '/v/annotations')).toBe('a="x \\"y\\""');
  expect(read(node, '/v/cpu')).toBe('8');
  node.api.put('pods', {
    ...node.pod(),
    metadata: { ...node.pod().metadata, labels: { app: 'web', b: 'c' } },
  } as ApiObject);
  await node.settle();
  expect(read(node, '/v/labels')).toBe('app="web"\nb="c"');
});

it('shares an emptyDir between containers and their restarts', async () => {
  await using node = await TestNode.start();
  await run(node, { emptyDir: { medium: 'Memory' } }, {}, { securityContext: { fsGroup: 7 } });
  expect(
    files(node)
      .mounts()
      .find(({ path }) => path === '/v'),
  ).toMatchObject({ type: 'tmpfs', readOnly: false });
  expect(files(node).stat('/v')).toMatchObject({ mode: 0o2777, gid: 7 });
  files(node).writeFile('/v/kept', 'yes');
  node.containers.last('main').end(1);
  await node.settle();
  expect(node.containers.started).toHaveLength(2);
  expect(read(node, '/v/kept')).toBe('yes');
});

it('mounts a part of a volume, named by a variable', async () => {
  await using node = await TestNode.start();
  await node.run({
    spec: {
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [
        {
          name: 'main',
          image: 'x',
          env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          volumeMounts: [
            { name: 'v', mountPath: '/all' },
            { name: 'v', mountPath: '/own', subPathExpr: 'logs/$(POD)' },
          ],
        },
      ],
    },
  });
  files(node).writeFile('/own/a', 'b');
  expect(read(node, '/all/logs/pod/a')).toBe('b');
});

it.each([
  ['/pod', '$(NOTHING)/$(POD)', 'error SubPath `/pod` must not be an absolute path'],
  ['../pod', '$(UP)/$(POD)', "unable to provision SubPath `../pod`: must not contain '..'"],
])('does not start a container whose part of a volume comes to %s', async (_path, subPathExpr, message) => {
  await using node = await TestNode.start();
  const env = [
    { name: 'POD', value: 'pod' },
    { name: 'UP', value: '..' },
    { name: 'NOTHING', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['none']" } } },
  ];
  const volumeMounts = [{ name: 'v', mountPath: '/v', subPathExpr }];
  const containers = [{ name: 'main', image: 'x', env, volumeMounts }];
  await node.run({ spec: { volumes: [{ name: 'v', emptyDir: {} }], containers } });
  expect(node.pod().status.containerStatuses![0]!.state).toEqual({
    waiting: { reason: 'CreateContainerConfigError', message },
  });
});

it('shows pods the files that a node begins with', async () => {
  await using node = await TestNode.start();
  await run(node, { hostPath: { path: '/etc/hosts', type: 'File' } }, { mountPath: '/etc/hosts-original' });
  expect(read(node, '/etc/hosts-original')).toMatch(/^127\.0\.0\.1\tlocalhost\n/);
});

it('mounts one file of a ConfigMap, as it is now', async () => {
  await using node = await TestNode.start();
  node.api.put('configmaps', configMap('config', { 'nginx.conf': 'first' }));
  await run(node, { configMap: { name: 'config' } }, { mountPath: '/etc/nginx.conf', subPath: 'nginx.conf' });
  expect(read(node, '/etc/nginx.conf')).toBe('first');
});

it('shares the paths of a node between its pods', async () => {
  await using node = await TestNode.start();
  await run(node, { hostPath: { path: '/data/x', type: 'DirectoryOrCreate' } });
  files(node).writeFile('/v/a', 'b');
  await node.run({
    metadata: { name: 'other' },
    spec: {
      volumes: [{ name: 'v', hostPath: { path: '/data' } }],
      containers: [{ name: 'other', image: 'x', volumeMounts: [{ name: 'v', mountPath: '/w' }] }],
    },
  });
  expect(node.containers.last('other').options.files.readFile('/w/x/a').toString()).toBe('b');
});

it('lays the hosts, host name and resolver files of the pod into each container', async () => {
  await using node = await TestNode.start();
  await node.run();
  expect(read(node, '/etc/hostname')).toBe('pod\n');
  expect(read(node, '/etc/hosts')).toContain('10.244.0.2\tpod\n');
  expect(read(node, '/etc/resolv.conf')).toContain('nameserver 10.96.0.10\n');
});
