import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveHttp, type Program } from '@kubarium/kubelet';
import { HttpTransport, KubeClient, loadKubeconfig, NODES, PODS } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { createCluster } from './create-cluster.ts';

const BACKEND = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: backend }
spec:
  replicas: 3
  selector: { matchLabels: { app: backend } }
  template:
    metadata: { labels: { app: backend } }
    spec: { containers: [{ name: app, image: my-backend-app, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: backend }
spec: { selector: { app: backend }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: frontend }
spec: { containers: [{ name: shell, image: busybox, command: [sleep, 1d] }] }
`;

it('lets bytes flow between pods', async () => {
  await using cluster = await createCluster();
  await cluster.apply(BACKEND);
  await cluster.ready();
  const frontend = cluster.pod('frontend');
  const { status, body, headers } = await frontend.curl('http://backend');
  expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'text/plain; charset=utf-8' });
  expect(body).toMatch(/^Hello from backend-/);
  await expect(frontend.curl('http://nobody')).rejects.toMatchObject({ name: 'CurlError', exitCode: 6 });
});

it('runs commands, letting the time pass that they need', async () => {
  await using cluster = await createCluster();
  await cluster.apply(BACKEND);
  await cluster.pod('frontend').ready();
  const before = cluster.clock.now();
  const result = await cluster.pod('frontend').exec('sleep 90; echo done; ls /missing >&2; exit 3');
  expect(result).toMatchObject({ exitCode: 3, stdout: 'done\n' });
  expect(result.stderr).toContain('/missing');
  expect(cluster.clock.now() - before).toBe(90_000);
});

it('takes no more of the clock’s time for very many pods than for a few: nobody is throttled', async () => {
  const timeFor = async (replicas: number): Promise<number> => {
    await using cluster = await createCluster({ seed: 1 });
    const before = cluster.clock.now();
    await cluster.apply(BACKEND.replace('replicas: 3', `replicas: ${replicas}`));
    await cluster.ready();
    expect((await cluster.client.list(PODS, { labelSelector: 'app=backend' })).items).toHaveLength(replicas);
    return cluster.clock.now() - before;
  };
  expect(await timeFor(200)).toBe(await timeFor(2));
});

it('applies changes, and removes what a manifest no longer names', async () => {
  await using cluster = await createCluster();
  await cluster.apply(BACKEND);
  const changed = BACKEND.replace('replicas: 3', 'replicas: 1').replace(
    'metadata: { name: backend }',
    'metadata: { name: backend, labels: { new: yes-it-is } }',
  );
  const [deployment] = await cluster.apply(changed);
  expect(deployment).toMatchObject({ metadata: { labels: { new: 'yes-it-is' } }, spec: { replicas: 1 } });
  const [again] = await cluster.apply(BACKEND);
  expect(again!.metadata.labels).toBeUndefined();
  await cluster.settle();
  expect((await cluster.client.list(PODS, { labelSelector: 'app=backend' })).items).toHaveLength(3);
});

it('says what is wrong with a manifest', async () => {
  await using cluster = await createCluster();
  await expect(cluster.apply('kind: Pod\nmetadata: { name: a }')).rejects.toThrow('document 1 has no apiVersion');
  await expect(cluster.apply('apiVersion: v9\nkind: Pod\nmetadata: { name: a }')).rejects.toThrow(
    'Pod a: no kind "Pod" is served in version "v9"',
  );
  await expect(cluster.apply('a: [')).rejects.toThrow(/line 1/);
  for (const [name, told] of [
    ['name: a', /\.dat: field not declared in schema/],
    ['generateName: a-', /unknown field "dat"/],
  ] as const) {
    const misspelt = `apiVersion: v1\nkind: ConfigMap\nmetadata: { ${name} }\ndat: { b: c }`;
    await expect(cluster.apply(misspelt)).rejects.toThrow(told);
  }
});

it('opens the API to other programs when asked', async () => {
  await using cluster = await createCluster();
  using folder = mkdtempDisposableSync(join(tmpdir(), 'kubeconfig-'));
  const path = join(folder.path, 'kubeconfig');
  writeFileSync(path, await cluster.kubeconfig());
  using transport = new HttpTransport(loadKubeconfig(path));
  const { items } = await new KubeClient(transport).list(NODES);
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['node-1', 'node-2']);
});

it('tells what does not become ready', async () => {
  await using cluster = await createCluster();
  await cluster.apply(BACKEND.replace('busybox', 'busybox:does-not-exist'));
  await expect(cluster.ready('1m')).rejects.toThrow('not ready after 1m: pod default/frontend');
  await expect(cluster.pod('frontend').ready(60_000)).rejects.toThrow('pod default/frontend is not ready');
});

it('shows the API server to pods by a certificate that they can verify', async () => {
  await using cluster = await createCluster();
  await cluster.apply(BACKEND);
  await cluster.ready();
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  const { stdout, stderr } = await cluster
    .pod('frontend')
    .exec(
      `curl -sS --cacert ${account}/ca.crt -H "Authorization: Bearer $(cat ${account}/token)" https://kubernetes.default.svc/api`,
    );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'APIVersions' });
});

it.each<[string, object, string]>([
  ['a number that is none', { nodes: 'two' }, "createCluster: nodes must be a whole number from 0 to 5000, not 'two'"],
  [
    'a number too small',
    { podsPerNode: 0 },
    'createCluster: podsPerNode must be a whole number from 1 to 10000, not 0',
  ],
  ['a broken seed', { seed: 1.5 }, 'createCluster: seed must be a whole number from 0 to 4294967295, not 1.5'],
  ['another clock', { clock: 'fast' }, `createCluster: clock must be "virtual" or "real", not 'fast'`],
  ['what is no image', { images: { app: 'nginx' } }, 'createCluster: images must be images or programs by their names'],
  ['what is no controller', { controllers: [{}] }, 'createCluster: controllers must be a list of functions'],
  ['an unknown option', { node: 3 }, 'createCluster has no option node; known are nodes, zones, '],
])('refuses %s', async (_, options, message) => {
  await expect(createCluster(options)).rejects.toThrow(message);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, '5 minutes'])('does not advance by %s', async (duration) => {
  await using cluster = await createCluster({ nodes: 0 });
  await expect(cluster.advance(duration)).rejects.toThrow('no duration: ');
});

it('lets a condition look at pods and let time pass', async () => {
  await using cluster = await createCluster({ nodes: 1 });
  const containers = [{ name: 'main', image: 'busybox', command: ['sleep', '1d'] }];
  await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'shell' }, spec: { containers } });
  const isRunning = async (): Promise<boolean> => (await cluster.pod('shell').get()).status.phase === 'Running';
  expect(await cluster.advanceUntil(isRunning)).toBe(true);
  const sleeps = async (): Promise<boolean> => (await cluster.pod('shell').exec('sleep 2')).exitCode === 0;
  expect(await cluster.advanceUntil(sleeps)).toBe(true);
});

it('says that it was disposed of to whoever goes on using it', async () => {
  const cluster = await createCluster({ nodes: 1 });
  const transcript = cluster.transcript();
  await cluster[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
  const uses: Record<string, () => Promise<unknown>> = {
    apply: () => cluster.apply([]),
    client: () => cluster.client.list(PODS),
    settle: () => cluster.settle(),
    step: () => cluster.step(),
    advance: () => cluster.advance('1s'),
    advanceUntil: () => cluster.advanceUntil(() => true),
    ready: () => cluster.ready(),
    exec: () => cluster.pod('shell').exec('ls'),
    logs: () => cluster.pod('shell').logs(),
    get: () => cluster.pod('shell').get(),
    podReady: () => cluster.pod('shell').ready(),
    kubeconfig: () => cluster.kubeconfig(),
  };
  for (const use of Object.values(uses)) await expect(use()).rejects.toThrow('this cluster has been disposed of');
  expect(cluster.transcript()).toBe(transcript);
});

const fails = (): never => {
  throw new Error('no such visitor');
};
const never = (): Promise<never> => new Promise(() => {});

it.each<[string, Program, isServer: boolean]>([
  ['program that throws', fails, false],
  ['program that rejects', async () => fails(), false],
  ['request that throws', (process) => (serveHttp(process, { port: 80 }, fails), never()), true],
  ['request that rejects', (process) => (serveHttp(process, { port: 80 }, async () => fails()), never()), true],
])('takes a %s for the end of its container, which tells where', async (_, app, isServer) => {
  await using cluster = await createCluster({ nodes: 1, images: { app } });
  const containers = [{ name: 'main', image: 'app' }];
  await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers } });
  const web = cluster.pod('web');
  if (isServer) {
    const { status } = await web.ready();
    await cluster.pod('web').exec(`curl -s http://${status.podIP}`);
  }
  await cluster.advance('2s');
  const { status } = await web.get();
  expect(status.containerStatuses![0]).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 1 } } });
  expect(await web.logs({ previous: true })).toMatch(
    /^\/app: Error: no such visitor\n {4}at .*create-cluster\.test\.ts/,
  );
});

it('lives side by side with others that share nothing', async () => {
  await using stack = new AsyncDisposableStack();
  const clusters = await Promise.all(
    [1, 2, 3].map(async (seed) => stack.use(await createCluster({ nodes: seed, seed }))),
  );
  await Promise.all(clusters.map((one, index) => one.advance(`${index * 10}m`)));
  const nodes = await Promise.all(clusters.map(async ({ client }) => (await client.list(NODES)).items.length));
  expect(nodes).toEqual([1, 2, 3]);
  const start = Date.UTC(2026, 0, 1);
  expect(clusters.map(({ clock }) => Math.round((clock.now() - start) / 600_000))).toEqual([0, 1, 2]);
});

it('ends in the midst of what goes on in it', async () => {
  const cluster = await createCluster({ nodes: 1 });
  const containers = [{ name: 'main', image: 'web' }];
  await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers } });
  const advance = cluster.advance('1000h');
  await cluster[Symbol.asyncDispose]();
  await advance;
  expect(cluster.clock.now()).toBeLessThan(Date.UTC(2026, 0, 2));
});
