import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackgroundProgram } from '../support/background-program.ts';
import { KubariumProcess } from '../support/kubarium-process.ts';
import { kubectlBinary } from '../support/kubectl-binary.ts';
import { runProgram } from '../support/run-program.ts';

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: worker, labels: {app: worker}}
spec:
  initContainers:
  - {name: prepare, image: busybox, command: [sh, -c, "echo prepared > /data/state"], volumeMounts: [{name: data, mountPath: /data}]}
  containers:
  - name: main
    image: busybox
    command: [sh, -c, "trap 'echo bye; exit 0' TERM; cat /data/state; echo started; while true; do sleep 1; done"]
    env:
    - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    - {name: COLOUR, valueFrom: {configMapKeyRef: {name: settings, key: colour}}}
    volumeMounts: [{name: data, mountPath: /data}, {name: settings, mountPath: /etc/settings}]
    livenessProbe: {exec: {command: [cat, /data/state]}, periodSeconds: 1}
  - {name: web, image: my-web, ports: [{containerPort: 8080}], volumeMounts: [{name: data, mountPath: /data}], readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}}
  volumes:
  - {name: data, emptyDir: {}}
  - {name: settings, configMap: {name: settings}}
`;

describe('containers with kubectl', () => {
  const cluster = new KubariumProcess();
  const kubectl = cluster.kubectl('1.35');
  const attempt = (args: string[], stdin?: string) => cluster.tryKubectl('1.35', args, stdin);

  beforeAll(async () => {
    await cluster.up();
    await kubectl('create', 'configmap', 'settings', '--from-literal=colour=green');
    await attempt(['apply', '-f', '-'], POD);
    await kubectl('wait', '--for=condition=Ready', 'pod/worker', '--timeout=30s');
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  test('run with their environment, volumes and init containers', async () => {
    const ip = await kubectl('get', 'pod', 'worker', '-o', 'jsonpath={.status.podIP}');
    const output = await kubectl(
      'exec',
      'worker',
      '-c',
      'main',
      '--',
      'sh',
      '-c',
      'echo $POD_IP $COLOUR $KUBERNETES_SERVICE_HOST; cat /data/state /etc/settings/colour',
    );
    expect(output).toBe(`${ip} green 10.96.0.1\nprepared\ngreen`);
  });

  test.each([
    ['WebSocket', 'true'],
    ['SPDY', 'false'],
  ])('take standard input and give their exit code over %s', async (_, webSockets) => {
    const env = { ...cluster.kubectlEnvironment(), KUBECTL_REMOTE_COMMAND_WEBSOCKETS: webSockets };
    const inMain = (args: string[], stdin?: string) =>
      runProgram(kubectlBinary('1.35'), ['exec', 'worker', '-c', 'main', ...args], { env, stdin });
    const done = await inMain(['-i', '--', 'sh', '-c', 'wc -l; echo told >&2; exit 3'], 'a\nb\nc\n');
    expect(done.stdout.trim()).toBe('3');
    expect(done.stderr).toBe('told\ncommand terminated with exit code 3\n');
    expect(done.code).toBe(3);
    expect((await inMain(['--', 'no-such-program'])).code).toBe(127);
  });

  test('give and take files', async () => {
    const file = join(cluster.home, 'copied');
    await kubectl('cp', 'worker:/data/state', file, '-c', 'main');
    expect(readFileSync(file, 'utf8')).toBe('prepared\n');
    await kubectl('cp', file, 'worker:/tmp/copy', '-c', 'main');
    expect(await kubectl('exec', 'worker', '-c', 'main', '--', 'cat', '/tmp/copy')).toBe('prepared\n');
  });

  test('keep their logs', async () => {
    expect(await kubectl('logs', 'worker', '-c', 'main')).toBe('prepared\nstarted\n');
    expect(await kubectl('logs', 'worker', '-c', 'main', '--tail=1')).toBe('started\n');
    expect(await kubectl('logs', 'worker', '-c', 'main', '--timestamps')).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z prepared$/m,
    );
    expect(await kubectl('logs', 'worker', '--all-containers', '--prefix')).toContain('[pod/worker/main] started');
    const previous = await attempt(['logs', 'worker', '-c', 'main', '--previous']);
    expect(previous.stderr).toContain('previous terminated container "main" in pod "worker" not found');
  });

  test('are restarted by their liveness probe, and show what they said before', async () => {
    await kubectl('exec', 'worker', '-c', 'main', '--', 'rm', '/data/state');
    await kubectl(
      'wait',
      '--for=jsonpath={.status.containerStatuses[?(@.name=="main")].restartCount}=1',
      'pod/worker',
      '--timeout=60s',
    );
    await kubectl('exec', 'worker', '-c', 'web', '--', 'sh', '-c', 'echo mended > /data/state');
    expect(await kubectl('logs', 'worker', '-c', 'main', '--previous')).toBe('prepared\nstarted\nbye\n');
    expect(await kubectl('describe', 'pod', 'worker')).toMatch(
      /Warning +Unhealthy .*Liveness probe failed: cat: .*\/data\/state/,
    );
    expect(await kubectl('describe', 'pod', 'worker')).toMatch(
      /Normal +Killing .*Container main failed liveness probe, will be restarted/,
    );
  });

  test('wait longer and longer between crashes', async () => {
    await kubectl('run', 'crash', '--image=busybox', '--', 'sh', '-c', 'echo boom >&2; exit 7');
    await kubectl(
      'wait',
      '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff',
      'pod/crash',
      '--timeout=30s',
    );
    expect(await kubectl('get', 'pod', 'crash')).toMatch(/crash +0\/1 +CrashLoopBackOff +1 \(\d+s ago\)/);
    expect(
      await kubectl(
        'get',
        'pod',
        'crash',
        '-o',
        'jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}',
      ),
    ).toBe('7');
  });

  test('cannot be started from an image that does not exist', async () => {
    await kubectl('run', 'missing', '--image=nginx:nonexistent');
    await kubectl(
      'wait',
      '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ImagePullBackOff',
      'pod/missing',
      '--timeout=30s',
    );
    expect(await kubectl('get', 'events', '--field-selector=involvedObject.name=missing')).toContain(
      'Error: ErrImagePull',
    );
  });

  test.each<['1.32' | '1.35']>([['1.32'], ['1.35']])(
    'are run to their end by kubectl %s, whose exit code is theirs',
    async (version) => {
      const run = (name: string, ...command: string[]) =>
        cluster.tryKubectl(
          version,
          ['run', name, '--image=busybox', '-i', '--rm', '--restart=Never', '--quiet', '--', ...command],
          'a line\n',
        );
      const failed = await run('failing', 'sh', '-c', 'cat; exit 3');
      expect([failed.code, failed.stdout]).toEqual([3, expect.stringMatching(/^a line\n/)]);
      expect(failed.stderr).not.toContain("couldn't attach");
      const missing = await cluster.tryKubectl(version, ['exec', 'worker', '-c', 'prepare', '--', 'true']);
      expect(missing).toMatchObject({
        code: 1,
        stderr: 'error: Internal error occurred: unable to upgrade connection: container not found ("prepare")\n',
      });
    },
  );

  test('can be attached to', async () => {
    await using attached = new BackgroundProgram(
      kubectlBinary('1.35'),
      ['attach', 'worker', '-c', 'web'],
      cluster.kubectlEnvironment(),
    );
    const ip = await kubectl('get', 'pod', 'worker', '-o', 'jsonpath={.status.podIP}');
    await kubectl('exec', 'worker', '-c', 'main', '--', 'curl', '-s', `http://${ip}:8080/attached`);
    expect((await attached.until(/.*\/attached.*/))[0]).toContain('GET');
  });

  test('reach the API with the token of their service account, and are held to its rights', async () => {
    const dir = '/var/run/secrets/kubernetes.io/serviceaccount';
    const script = `curl -s --cacert ${dir}/ca.crt -H "Authorization: Bearer $(cat ${dir}/token)" https://kubernetes.default/api/v1/namespaces/default/pods`;
    const status = JSON.parse(await kubectl('exec', 'worker', '-c', 'main', '--', 'sh', '-c', script)) as {
      message: string;
    };
    expect(status.message).toBe(
      'pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"',
    );
  });

  test('end within their grace period, after having been told', async () => {
    await using logs = new BackgroundProgram(
      kubectlBinary('1.35'),
      ['logs', '-f', 'worker', '-c', 'main'],
      cluster.kubectlEnvironment(),
    );
    await logs.until(/started/);
    await kubectl('delete', 'pod', 'worker');
    expect((await logs.until(/bye/))[0]).toBe('bye');
    expect((await attempt(['get', 'pod', 'worker'])).stderr).toContain('pods "worker" not found');
  });
});
