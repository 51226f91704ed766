import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubariumProcess } from '../support/kubarium-process.ts';

describe('kubectl shows what it does of a real cluster', () => {
  const cluster = new KubariumProcess();
  const kubectl = cluster.kubectl('1.32');

  beforeAll(async () => {
    await cluster.up();
    await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=2');
    await kubectl('wait', '--for=condition=Available', 'deployment/web', '--timeout=30s');
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  test('the scale of a workload as a Scale, and other subresources by their name', async () => {
    const scale = await kubectl('get', 'deployment', 'web', '--subresource=scale');
    expect(scale.split('\n').map((line) => line.split(/ +/).slice(0, 3))).toEqual([
      ['NAME', 'DESIRED', 'AVAILABLE'],
      ['web', '2', '2'],
      [''],
    ]);
    const pod = (await kubectl('get', 'pods', '-l', 'app=web', '-o', 'name')).split('\n')[0]!;
    expect(await kubectl('get', pod, '--subresource=ephemeralcontainers')).toMatch(/^NAME +AGE\n/);
  });

  test('what happened to a pod in its order', async () => {
    const reasons = async (): Promise<unknown[]> => {
      const described = await kubectl('describe', 'pods', '-l', 'app=web');
      return [...described.matchAll(/^ {2}Normal +(\w+)/gm)].map(([, reason]) => reason);
    };
    const each = ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started'];
    await expect.poll(reasons, { timeout: 20_000 }).toEqual([...each, ...each]);
  });

  test('what happened to a node', async () => {
    const reasons = async (): Promise<unknown[]> => {
      const described = await kubectl('describe', 'node', 'node-2');
      return [...described.matchAll(/^ {2}Normal +(\w+)/gm)].map(([, reason]) => reason);
    };
    await kubectl('cordon', 'node-2');
    await expect.poll(reasons, { timeout: 20_000 }).toContain('NodeNotSchedulable');
    await kubectl('uncordon', 'node-2');
    await expect.poll(reasons, { timeout: 20_000 }).toContain('NodeSchedulable');
    expect(await reasons()).toEqual(expect.arrayContaining(['NodeReady', 'RegisteredNode']));
  });

  test('fields with their types and descriptions', async () => {
    const ports = await kubectl('explain', 'service.spec.ports', '--recursive');
    expect(ports).toContain('targetPort\t<IntOrString>');
    expect(await kubectl('explain', 'pod.apiVersion')).toContain('APIVersion defines the versioned schema');
  });
});
