import { Resolver } from 'node:dns/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackgroundProgram } from '../support/background-program.ts';
import { KubariumProcess } from '../support/kubarium-process.ts';
import { kubectlBinary } from '../support/kubectl-binary.ts';
import { runProgram } from '../support/run-program.ts';

/** A port of 127.0.0.1 that this test holds; from `first` on, where that matters. */
async function anyPort(first = 0): Promise<{ server: Server; port: number }> {
  for (let port = first; ; port++) {
    const server = createServer();
    const isOpen = await new Promise((resolve) =>
      server
        .once('error', () => resolve(false))
        .once('listening', () => resolve(true))
        .listen(port, '127.0.0.1'),
    );
    if (isOpen) return { server, port: (server.address() as AddressInfo).port };
  }
}

describe('the ways in from this machine', () => {
  const cluster = new KubariumProcess();
  const kubectl = cluster.kubectl('1.35');

  beforeAll(async () => {
    await cluster.up();
    await kubectl('create', 'deployment', 'web', '--image=my-web', '--port=80');
    await kubectl('expose', 'deployment', 'web', '--type=NodePort');
    await kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  const nodePort = () => kubectl('get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[0].nodePort}');
  const answer = (port: string) => fetch(`http://127.0.0.1:${port}/`).then((response) => response.text(), String);

  test('the banner has the line that lets kubectl in', async () => {
    const [line] = /export KUBECONFIG=.*/.exec(cluster.output)!;
    const { PATH, HOME } = cluster.kubectlEnvironment();
    const { stdout } = await runProgram('sh', ['-c', `${line}; exec ${kubectlBinary('1.35')} get --raw /readyz`], {
      env: { PATH: PATH!, HOME: HOME! },
    });
    expect(stdout).toBe('ok');
  });

  test('a node port answers on 127.0.0.1', async () => {
    await expect.poll(async () => answer(await nodePort())).toContain('web-');
  });

  test('a load balancer answers at a loopback address of its own, which its status shows', async () => {
    const { server, port } = await anyPort();
    await kubectl(
      'expose',
      'deployment',
      'web',
      '--name=balanced',
      '--type=LoadBalancer',
      `--port=${port}`,
      '--target-port=80',
    );
    await kubectl('wait', '--for=jsonpath={.status.loadBalancer.ingress[0].ip}', 'svc/balanced', '--timeout=10s');
    const address = await kubectl('get', 'svc', 'balanced', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}');
    expect(address).toMatch(/^127\.1\./);
    expect(await kubectl('get', 'svc', 'balanced')).toContain(address);
    await expect
      .poll(() => fetch(`http://${address}:${port}/`).then((response) => response.text(), String))
      .toContain('web-');
    server.close();
  });

  test.each([
    ['over WebSocket', 'true', 'svc/web'],
    ['over SPDY', 'false', 'svc/web'],
    ['over SPDY', 'false', 'deployment/web'],
  ])('kubectl port-forward works %s (KUBECTL_PORT_FORWARD_WEBSOCKETS=%s) to %s', async (_, webSockets, target) => {
    const env = { ...cluster.kubectlEnvironment(), KUBECTL_PORT_FORWARD_WEBSOCKETS: webSockets };
    await using forward = new BackgroundProgram(kubectlBinary('1.35'), ['port-forward', target, ':80'], env);
    const [, port] = await forward.until(/Forwarding from 127\.0\.0\.1:(\d+) -> 80/);
    for (let i = 0; i < 3; i++) {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
      expect(await response.text()).toContain('web-');
    }
  });

  test('cluster DNS answers as it answers pods', async () => {
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${/cluster DNS answers at 127\.0\.0\.1:(\d+)/.exec(cluster.output)![1]}`]);
    const ip = await kubectl('get', 'svc', 'web', '-o', 'jsonpath={.spec.clusterIP}');
    expect(await resolver.resolve4('web.default.svc.cluster.local')).toEqual([ip]);
    expect(await resolver.resolveSrv('_https._tcp.kubernetes.default.svc.cluster.local')).toMatchObject([
      { port: 443 },
    ]);
    await expect(resolver.resolve4('nope.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('a stopped cluster comes back as it was, at the same ports, with pods that have new addresses', async () => {
    const select = 'jsonpath={.items[0].status.podIP} {.items[0].status.containerStatuses[0].restartCount}';
    const [before, url] = [await kubectl('get', 'pods', '-l', 'app=web', '-o', select), cluster.url];
    const port = await nodePort();
    expect(await cluster.stop('SIGINT')).toBe(0);
    await cluster.up();
    expect(cluster.url).toBe(url);
    await kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
    await expect.poll(() => kubectl('get', 'pods', '-l', 'app=web', '-o', select)).toMatch(/ 1$/);
    const after = await kubectl('get', 'pods', '-l', 'app=web', '-o', select);
    expect(after.split(' ')[0]).not.toBe(before.split(' ')[0]);
    await expect.poll(() => answer(port)).toContain('web-');
  });

  test('a cluster that comes back at another address is trusted there', async () => {
    await cluster.stop();
    await cluster.up('--bind-address', '127.0.0.2');
    expect(new URL(cluster.url).hostname).toBe('127.0.0.2');
    expect(await kubectl('get', '--raw', '/readyz')).toBe('ok');
    await cluster.stop();
    await cluster.up();
  });

  test('a node port that another program has is told in an Event, and at the next start in the banner', async () => {
    const { server, port } = await anyPort(30_000);
    await kubectl('create', 'service', 'nodeport', 'taken', '--tcp=80', `--node-port=${port}`);
    const events = () =>
      kubectl('get', 'events', '--field-selector=involvedObject.name=taken', '-o', 'jsonpath={.items[*].message}');
    const message = `node port ${port}/TCP is not reachable at 127.0.0.1:${port}: another program has it`;
    await expect.poll(events).toContain(message);
    await cluster.stop();
    await cluster.up();
    expect(cluster.output).toContain(`Service default/taken: ${message}`);
    await kubectl('delete', 'service', 'taken');
    server.close();
  });
});
