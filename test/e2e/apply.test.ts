import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubariumProcess } from '../support/kubarium-process.ts';
import { helmBinary, type KubectlVersion } from '../support/kubectl-binary.ts';
import { runProgram } from '../support/run-program.ts';

const service = (port: number): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port, targetPort: 80 }] },
  });

const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  'values.yaml': 'replicas: 1\n',
  'templates/web.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Release.Name }}"}}
    spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
`,
};

describe('clients that apply', () => {
  const cluster = new KubariumProcess();
  const kubectl = cluster.kubectl('1.35');
  const apply = (object: string, ...flags: string[]) =>
    cluster.tryKubectl('1.35', ['apply', '--server-side', ...flags, '-f', '-'], object);

  beforeAll(() => cluster.up());
  afterAll(() => cluster[Symbol.asyncDispose]());

  test('kubectl apply --server-side makes, keeps and changes an object, and tells of conflicts', async () => {
    expect((await apply(service(80))).stdout).toBe('service/web serverside-applied\n');
    const version = (): Promise<string> => kubectl('get', 'svc', 'web', '-o', 'jsonpath={.metadata.resourceVersion}');
    const before = await version();
    await apply(service(80));
    expect(await version()).toBe(before);
    await kubectl(
      'patch',
      'svc',
      'web',
      '--field-manager=somebody',
      '-p',
      '{"spec":{"ports":[{"port":80,"targetPort":8080}]}}',
    );
    const conflict = await apply(service(80));
    expect(conflict.stderr).toContain(
      'Apply failed with 1 conflict: conflict with "somebody" using v1: .spec.ports[port=80,protocol="TCP"].targetPort',
    );
    expect((await apply(service(80), '--force-conflicts')).stdout).toBe('service/web serverside-applied\n');
    expect((await apply(service(81))).stdout).toBe('service/web serverside-applied\n');
    expect(await kubectl('get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[*].port}')).toBe('81');
  });

  test('kubectl apply --server-side takes over what kubectl apply made, and can be left again', async () => {
    const settings = (data: object): string =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data });
    const data = (): Promise<string> => kubectl('get', 'configmap', 'settings', '-o', 'jsonpath={.data}');
    const applyHere = (object: string) => cluster.tryKubectl('1.35', ['apply', '-f', '-'], object);
    await applyHere(settings({ a: '1', b: '1', c: '1' }));
    expect((await apply(settings({ a: '2', b: '1' }))).stdout).toBe('configmap/settings serverside-applied\n');
    // What client-side apply had made is kubectl's now, so that it goes as well.
    expect(await data()).toBe('{"a":"2","b":"1"}');
    await apply(settings({ a: '2' }));
    expect(await data()).toBe('{"a":"2"}');
    const owners = 'jsonpath={.metadata.managedFields[*].manager}';
    const managers = await kubectl('get', 'configmap', 'settings', '--show-managed-fields', '-o', owners);
    expect(managers.split(' ').toSorted()).toEqual(['kubectl', 'kubectl-last-applied']);
    expect((await applyHere(settings({ d: '1' }))).stdout).toBe('configmap/settings configured\n');
    expect(await data()).toBe('{"d":"1"}');
  });

  test.each<KubectlVersion>(['1.32', '1.35'])(
    'helm (as it comes with kubectl %s) installs, upgrades and uninstalls a chart',
    async (version) => {
      const chart = join(cluster.home, `chart-${version}`);
      mkdirSync(join(chart, 'templates'), { recursive: true });
      for (const [name, text] of Object.entries(CHART)) writeFileSync(join(chart, name), text);
      const release = `web-${version.replace('.', '-')}`;
      const helm = async (...args: string[]): Promise<void> => {
        const done = await runProgram(helmBinary(version), args, { env: cluster.kubectlEnvironment() });
        expect(done).toMatchObject({ code: 0 });
      };
      await helm('install', release, chart, '--wait', '--timeout', '60s');
      await helm('upgrade', release, chart, '--set', 'replicas=2', '--wait', '--timeout', '60s');
      expect(await kubectl('get', 'deployment', release, '-o', 'jsonpath={.status.readyReplicas}')).toBe('2');
      await helm('uninstall', release, '--wait');
      expect((await cluster.tryKubectl('1.35', ['get', 'deployment', release])).code).toBe(1);
    },
  );
});
