import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackgroundProgram } from '../support/background-program.ts';
import { KubariumProcess } from '../support/kubarium-process.ts';
import { LEAVES, LOOPBACK_ONLY } from '../support/loopback-only.ts';
import { kubectlBinary, type KubectlVersion } from '../support/kubectl-binary.ts';

const LESSON = join(dirname(fileURLToPath(import.meta.url)), 'lesson');

// One story in order: each step stands on the ones before it, as a reader of the lesson types them.
describe.each<KubectlVersion>(['1.32', '1.35'])('the ClusterIP lesson with kubectl %s', (version) => {
  const cluster = new KubariumProcess(undefined, LOOPBACK_ONLY);
  const kubectl = cluster.kubectl(version);
  const inFrontend = (...command: string[]): Promise<string> => kubectl('exec', 'frontend', '--', ...command);
  const inBackground = (...args: string[]): BackgroundProgram =>
    new BackgroundProgram(kubectlBinary(version), args, cluster.kubectlEnvironment());
  const podIP = (pod: string): Promise<string> => kubectl('get', 'pod', pod, '-o', 'jsonpath={.status.podIP}');
  const serviceIP = (): Promise<string> => kubectl('get', 'svc', 'backend', '-o', 'jsonpath={.spec.clusterIP}');

  beforeAll(() => cluster.up());
  afterAll(() => cluster[Symbol.asyncDispose]());

  test('creates the Service and its Pod from the lesson’s files', async () => {
    expect(await kubectl('create', '-f', join(LESSON, 'backend-service.yaml'))).toBe('service/backend created\n');
    expect(await kubectl('create', '-f', join(LESSON, 'backend-pod.yaml'))).toBe('pod/backend-pod created\n');
    await kubectl('wait', '--for=condition=Ready', 'pod/backend-pod', '--timeout=30s');
  });

  test('lists the Service with its cluster IP', async () => {
    expect(await kubectl('get', 'svc')).toMatch(/^backend +ClusterIP +10\.\d+\.\d+\.\d+ +<none> +80\/TCP +\d+s$/m);
  });

  test('describes the Service with its selector and endpoint', async () => {
    const ip = await podIP('backend-pod');
    expect(ip).toMatch(/^10\.244\.\d+\.\d+$/);
    await expect.poll(() => kubectl('describe', 'svc', 'backend')).toMatch(new RegExp(`^Endpoints: +${ip}:80$`, 'm'));
    expect(await kubectl('describe', 'svc', 'backend')).toMatch(/^Selector: +app=backend$/m);
  });

  test.each(['http://backend', 'http://backend.default', 'http://backend.default.svc.cluster.local'])(
    'reaches the backend from another pod by %s',
    async (url) => {
      if (url === 'http://backend') {
        await kubectl('run', 'frontend', '--image=my-frontend-app');
        await kubectl('wait', '--for=condition=Ready', 'pod/frontend', '--timeout=30s');
      }
      expect(await inFrontend('curl', '-s', url)).toContain('backend-pod');
    },
  );

  test('reaches the backend from another namespace by its name and namespace', async () => {
    await kubectl('create', 'namespace', 'elsewhere');
    await kubectl('run', 'visitor', '--image=my-frontend-app', '-n', 'elsewhere');
    await kubectl('wait', '--for=condition=Ready', 'pod/visitor', '-n', 'elsewhere', '--timeout=30s');
    expect(await kubectl('exec', 'visitor', '-n', 'elsewhere', '--', 'curl', '-s', 'http://backend.default')).toContain(
      'backend-pod',
    );
    const short = await cluster.tryKubectl(version, [
      'exec',
      'visitor',
      '-n',
      'elsewhere',
      '--',
      'curl',
      '-s',
      'http://backend',
    ]);
    expect(short.code).toBe(6);
  });

  test('resolves the Service’s name to its cluster IP', async () => {
    expect(await inFrontend('nslookup', 'backend')).toContain(await serviceIP());
  });

  test('spreads requests over the pods of a scaled Deployment', async () => {
    await kubectl('delete', 'pod', 'backend-pod');
    await kubectl('create', 'deployment', 'backend', '--image=my-backend-app', '--port=80');
    await kubectl('scale', 'deployment', 'backend', '--replicas=3');
    expect(await kubectl('rollout', 'status', 'deployment/backend', '--timeout=60s')).toContain(
      'successfully rolled out',
    );
    await expect
      .poll(() =>
        kubectl('get', 'endpoints', 'backend', '-o', 'jsonpath={.subsets[0].addresses[*].ip}').then(
          (ips) => ips.split(' ').length,
        ),
      )
      .toBe(3);
    const answers = await inFrontend('sh', '-c', 'for i in $(seq 1 60); do curl -s http://backend; done');
    const pods = (await kubectl('get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={.items[*].metadata.name}')).split(
      ' ',
    );
    expect(pods).toHaveLength(3);
    for (const pod of pods) expect(answers).toContain(pod);
  });

  test('keeps the Service stable while a pod is replaced by one with another IP', async () => {
    const before = (await kubectl('get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={.items[*].status.podIP}')).split(
      ' ',
    );
    const ip = await serviceIP();
    const victim = await kubectl('get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={.items[0].metadata.name}');
    await using watch = inBackground('get', 'pods', '-o', 'wide', '-w', '-l', 'app=backend');
    await watch.until(/Running/);
    await using load = inBackground(
      'exec',
      'frontend',
      '--',
      'sh',
      '-c',
      'while true; do curl -s -o /dev/null -w "%{http_code}\\n" http://backend; sleep 0.05; done',
    );
    await load.until(/200/);
    await kubectl('delete', 'pod', victim);
    await kubectl('rollout', 'status', 'deployment/backend', '--timeout=60s');
    await watch.until(/Pending[^]*ContainerCreating[^]*Running/);
    const after = (await kubectl('get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={.items[*].status.podIP}')).split(
      ' ',
    );
    expect(after.filter((one) => !before.includes(one))).toHaveLength(1);
    expect(await serviceIP()).toBe(ip);
    expect(load.output.replaceAll('200\n', '')).toBe('');
  });

  test('follows logs', async () => {
    const pod = await kubectl('get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={.items[0].metadata.name}');
    await using logs = inBackground('logs', '-f', pod);
    await inFrontend('curl', '-s', `http://${await podIP(pod)}/marked`);
    expect((await logs.until(/.*\/marked.*/))[0]).toContain('GET');
  });

  test('forwards a local port to the Service', async () => {
    await using forward = inBackground('port-forward', 'svc/backend', ':80');
    const [, port] = await forward.until(/Forwarding from 127\.0\.0\.1:(\d+) -> 80/);
    for (let i = 0; i < 3; i++) {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
      expect(await response.text()).toContain('backend');
    }
  });

  test('rolls out, records, and undoes a new image', async () => {
    await kubectl('set', 'image', 'deployment/backend', 'my-backend-app=my-backend-app:v2');
    await kubectl('rollout', 'status', 'deployment/backend', '--timeout=60s');
    const image = (): Promise<string> =>
      kubectl('get', 'deployment', 'backend', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
    expect(await image()).toBe('my-backend-app:v2');
    expect(await kubectl('rollout', 'history', 'deployment/backend')).toMatch(/^1 [^]*^2 /m);
    await kubectl('rollout', 'undo', 'deployment/backend');
    await kubectl('rollout', 'status', 'deployment/backend', '--timeout=60s');
    expect(await image()).toBe('my-backend-app');
  });

  test('exposes, labels, edits and waits', async () => {
    await kubectl('expose', 'deployment', 'backend', '--name=backend-too', '--port=8080', '--target-port=80');
    await expect.poll(() => inFrontend('curl', '-s', 'http://backend-too:8080').catch(() => '')).toContain('backend');
    await kubectl('label', 'svc', 'backend-too', 'tier=web');
    expect(await kubectl('get', 'svc', '-l', 'tier=web', '-o', 'name')).toBe('service/backend-too\n');
    await kubectl('patch', 'svc', 'backend-too', '-p', '{"spec":{"ports":[{"port":8080,"targetPort":81}]}}');
    const refused = await cluster.tryKubectl(version, [
      'exec',
      'frontend',
      '--',
      'curl',
      '-s',
      'http://backend-too:8080',
    ]);
    expect(refused.code).toBe(7);
    await kubectl('wait', '--for=condition=Available', 'deployment/backend', '--timeout=30s');
  });

  test('shows events, explanations and resources', async () => {
    expect(await kubectl('get', 'events')).toMatch(
      /Scheduled +pod\/frontend +Successfully assigned default\/frontend to node-\d/,
    );
    expect(await kubectl('explain', 'service.spec')).toMatch(/FIELD: spec <ServiceSpec>[^]*clusterIP\s*<string>/);
    expect(await kubectl('api-resources')).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/m);
  });

  test('applies a changed file', async () => {
    const changed = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'backend', annotations: { note: 'applied' } },
      spec: { selector: { app: 'backend' }, ports: [{ port: 80, targetPort: 80 }] },
    });
    const done = await cluster.tryKubectl(version, ['apply', '-f', '-'], changed);
    expect(done.stdout).toBe('service/backend configured\n');
    expect(await kubectl('get', 'svc', 'backend', '-o', 'jsonpath={.metadata.annotations.note}')).toBe('applied');
  });

  test('traces a request hop by hop', async () => {
    const text = await cluster.kubarium('trace', 'frontend', 'http://backend');
    expect(text.stdout).toContain('backend.default.svc.cluster.local');
    expect(text.stdout).toContain(await serviceIP());
    const data = JSON.parse((await cluster.kubarium('trace', 'frontend', 'http://backend', '-o', 'json')).stdout) as {
      status: { hops: { stage: string }[]; response: { code: number } };
    };
    expect(data.status.response.code).toBe(200);
    expect(data.status.hops.map((hop) => hop.stage)).toEqual(
      expect.arrayContaining(['resolver', 'service', 'connect']),
    );
  });

  test('has needed nothing from outside of this machine', () => {
    expect(cluster.output).not.toContain(LEAVES);
  });
});
