import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubariumProcess } from '../support/kubarium-process.ts';
import { runProgram } from '../support/run-program.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/fullstack');
const FILES = ['frontend', 'backend', 'redis', 'mysql', 'network-policy'];
const NODE_PORT = 30_080;

const curl = (...args: string[]) => runProgram('curl', ['-sS', ...args], { env: { PATH: process.env['PATH'] ?? '' } });

describe('the full-stack example', () => {
  const cluster = new KubariumProcess();
  const kubectl = cluster.kubectl('1.35');
  const rolledOut = async (): Promise<void> => {
    for (const name of ['mysql', 'redis', 'backend', 'frontend']) {
      await kubectl('rollout', 'status', `deployment/${name}`, '--timeout=60s');
    }
  };

  beforeAll(async () => {
    await cluster.up();
    await kubectl('rollout', 'status', 'deployment/coredns', '-n', 'kube-system', '--timeout=60s');
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  test('is applied with -k, and its page at the node port shows that it reached backend, redis and mysql', async () => {
    await kubectl('apply', '-k', EXAMPLE);
    await rolledOut();
    const { stdout } = await curl(`http://127.0.0.1:${NODE_PORT}`);
    expect(stdout).toMatch(/^Hello from frontend-/);
    expect(stdout).toMatch(/^ {2}ok {3}http:\/\/backend: 200 Hello from backend-\S+!$/m);
    expect(stdout).toMatch(/^ {4}ok {3}redis:\/\/redis: redis says PONG$/m);
    expect(stdout).toMatch(/^ {4}ok {3}mysql:\/\/mysql: MySQL 8\.4 greets$/m);
  });

  test('answers by Service name through the HTTP proxy, and spreads over the backends', async () => {
    const proxy = /HTTP proxy into the cluster at (\S+):/.exec(cluster.output)![1]!;
    expect((await curl('-x', proxy, 'http://frontend')).stdout).toMatch(/^Hello from frontend-/);
    const seen = new Set<string>();
    for (let i = 0; i < 30; i++) seen.add((await curl('-x', proxy, 'http://backend.default')).stdout.split('\n')[0]!);
    expect(seen.size).toBe(3);
    const refused = await curl('-x', proxy, 'http://bakend.default');
    expect(refused.stdout).toContain('cannot resolve bakend.default');
  });

  test('keeps all but the backend from its databases', async () => {
    const reach = (from: string) =>
      cluster.tryKubectl('1.35', ['exec', `deployment/${from}`, '--', 'nc', '-z', '-w', '1', 'mysql', '3306']);
    expect((await reach('backend')).code).toBe(0);
    expect((await reach('frontend')).code).toBe(1);
  });

  test('says in its page which part is missing, and recovers', async () => {
    await kubectl('scale', 'deployment/redis', '--replicas=0');
    const page = async (): Promise<string> =>
      (await curl('-w', '%{http_code}', `http://127.0.0.1:${NODE_PORT}`)).stdout;
    await expect.poll(page, { timeout: 20_000 }).toMatch(/^ {4}FAIL redis:\/\/redis: .*ECONNREFUSED[^]*502$/m);
    expect(await page()).toMatch(/ok {3}mysql/);
    await kubectl('scale', 'deployment/redis', '--replicas=1');
    await expect.poll(page, { timeout: 20_000 }).toMatch(/redis says PONG[^]*200$/);
  });

  test('is applied with -f in any order as well', async () => {
    await kubectl('delete', '-k', EXAMPLE);
    await kubectl('apply', ...FILES.flatMap((name) => ['-f', join(EXAMPLE, `${name}.yaml`)]));
    await rolledOut();
    await expect.poll(async () => (await curl(`http://127.0.0.1:${NODE_PORT}`)).stdout).toContain('redis says PONG');
  });
});
