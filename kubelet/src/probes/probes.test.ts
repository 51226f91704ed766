import { type Connection, type ConnectOptions, type Container, NetError, type Probe } from '@kubarium/shared';
import { duplexPair } from 'node:stream';
import { createServer, type RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import { TestNode } from '../testing/test-node.ts';

/** Answers connections with a real HTTP server over a pair of streams. */
function serve(node: TestNode, listener: RequestListener): void {
  const server = createServer(listener);
  node.network.connect = async ({ address, port }: ConnectOptions) => {
    const [client, remote] = duplexPair();
    server.emit('connection', remote);
    const facts = { localAddress: '172.18.0.2', localPort: 40_000, remoteAddress: address, remotePort: port };
    return Object.assign(client, facts) as unknown as Connection;
  };
}

const refuse = (node: TestNode): void => {
  node.network.connect = ({ address, port }) => Promise.reject(new NetError('ECONNREFUSED', 'connect', address, port));
};

const run = (node: TestNode, container: Partial<Container>): Promise<unknown> =>
  node.run({
    spec: { containers: [{ name: 'main', image: 'x', ports: [{ name: 'web', containerPort: 8080 }], ...container }] },
  });

const main = (node: TestNode) => node.pod().status.containerStatuses![0]!;
const unhealthy = (node: TestNode): string[] => node.events().filter((event) => event.startsWith('Unhealthy'));

it('is ready once its probe succeeds, and not ready after it has failed three times', async () => {
  await using node = await TestNode.start();
  const asked: unknown[][] = [];
  let code = 200;
  serve(node, (request, response) => {
    const { host, 'user-agent': agent, 'x-a': own } = request.headers;
    asked.push([host, request.url, agent, own]);
    response.writeHead(code).end('body');
  });
  const httpGet = { path: '/ready?x=1', port: 'web', httpHeaders: [{ name: 'X-A', value: 'b' }] };
  await run(node, { readinessProbe: { httpGet, periodSeconds: 5 } });
  expect(main(node)).toMatchObject({ ready: false, started: true });
  await node.advance(0.1);
  expect(main(node).ready).toBe(true);
  expect(asked).toEqual([['10.244.0.2:8080', '/ready?x=1', 'kube-probe/1.35', 'b']]);
  code = 500;
  await node.advance(14.9);
  expect(main(node).ready).toBe(true);
  await node.advance(0.2);
  expect(main(node).ready).toBe(false);
  expect(node.pod().status.conditions!.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'ContainersNotReady',
    message: 'containers with unready status: [main]',
  });
  expect(unhealthy(node)[0]).toBe('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500');
});

it('follows a redirect to the same host, and warns of one to another', async () => {
  await using node = await TestNode.start();
  serve(node, (request, response) => {
    if (request.url === '/') response.writeHead(302, { location: '/there' }).end();
    else if (request.url === '/there') response.writeHead(302, { location: 'http://elsewhere/' }).end('away');
  });
  await run(node, { readinessProbe: { httpGet: { port: 8080 } } });
  await node.advance(0.1);
  expect(main(node).ready).toBe(true);
  expect(node.events()).toContain(
    'ProbeWarning: Readiness probe warning: Probe terminated redirects, Response body: away',
  );
});

it.each<[string, Probe, string]>([
  [
    'httpGet',
    { httpGet: { port: 80 } },
    'Get "http://10.244.0.2:80/": dial tcp 10.244.0.2:80: connect: connection refused',
  ],
  [
    'httpGet on a path',
    { httpGet: { port: 81, path: 'a', scheme: 'HTTPS' } },
    'Get "https://10.244.0.2:81/a": dial tcp 10.244.0.2:81: connect: connection refused',
  ],
  ['tcpSocket', { tcpSocket: { port: 'web' } }, 'dial tcp 10.244.0.2:8080: connect: connection refused'],
  ['grpc', { grpc: { port: 90 } }, 'error: dial tcp 10.244.0.2:90: connect: connection refused'],
  ['exec', { exec: { command: ['false'] } }, 'no such thing'],
])('tells why a probe by %s failed', async (_, readinessProbe, message) => {
  await using node = await TestNode.start();
  refuse(node);
  node.containers.onStart = (container) => void (container.onExec = () => ({ output: 'no such thing', exitCode: 1 }));
  await run(node, { readinessProbe });
  await node.advance(0.1);
  expect(unhealthy(node)).toEqual([`Unhealthy: Readiness probe failed: ${message}`]);
});

it('gives up on an answer that does not come in time', async () => {
  await using node = await TestNode.start();
  serve(node, () => {});
  await run(node, { readinessProbe: { httpGet: { port: 80 }, timeoutSeconds: 2 } });
  await node.advance(2.1);
  expect(unhealthy(node)).toEqual([
    'Unhealthy: Readiness probe failed: Get "http://10.244.0.2:80/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ]);
});

it('gives up on a command that does not end in time', async () => {
  await using node = await TestNode.start();
  node.containers.onStart = (container) => void (container.onExec = () => new Promise(() => {}));
  await run(node, { readinessProbe: { exec: { command: ['sleep', '9'] } } });
  await node.advance(1.1);
  expect(unhealthy(node)).toEqual([
    'Unhealthy: Readiness probe failed: command timed out: "sleep 9" timed out after 1s',
  ]);
});

it('does not count a command that cannot be run', async () => {
  await using node = await TestNode.start();
  await run(node, { livenessProbe: { exec: { command: ['missing'] }, failureThreshold: 1 } });
  await node.advance(30);
  expect(main(node).restartCount).toBe(0);
  expect(unhealthy(node)[0]).toMatch(/^Unhealthy: Liveness probe errored and resulted in unknown state: rpc error: /);
});

it('restarts a container whose liveness probe fails', async () => {
  await using node = await TestNode.start();
  refuse(node);
  await run(node, { livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1, failureThreshold: 2 } });
  await node.advance(1.2);
  expect(node.events()).toContain('Killing: Container main failed liveness probe, will be restarted');
  expect(node.containers.started[0]!.signals).toEqual(['SIGTERM']);
  expect(main(node)).toMatchObject({
    restartCount: 1,
    state: { running: {} },
    lastState: { terminated: { exitCode: 143 } },
  });
});

it('asks for nothing else until the startup probe has succeeded', async () => {
  await using node = await TestNode.start();
  let isUp = false;
  const commands: string[] = [];
  node.containers.onStart = (container) => {
    container.onExec = ([name]) => {
      commands.push(name!);
      return { exitCode: isUp ? 0 : 1 };
    };
  };
  const probe = (name: string): Probe => ({ exec: { command: [name] }, periodSeconds: 1, failureThreshold: 9 });
  await run(node, { startupProbe: probe('startup'), readinessProbe: probe('ready'), livenessProbe: probe('live') });
  await node.advance(3);
  expect(new Set(commands)).toEqual(new Set(['startup']));
  expect(main(node)).toMatchObject({ started: false, ready: false });
  isUp = true;
  await node.advance(3);
  expect(main(node)).toMatchObject({ started: true, ready: true });
  expect(commands.slice(-2).toSorted()).toEqual(['live', 'ready']);
});

it('ends a container that does not start up in time, with the grace of the probe', async () => {
  await using node = await TestNode.start();
  refuse(node);
  node.containers.onStart = (container) => void (container.onTerm = 'ignore');
  const startupProbe = {
    tcpSocket: { port: 80 },
    periodSeconds: 1,
    failureThreshold: 1,
    terminationGracePeriodSeconds: 4,
  };
  await run(node, { startupProbe });
  await node.advance(0.2);
  expect(node.events()).toContain('Killing: Container main failed startup probe, will be restarted');
  await node.advance(3.8);
  expect(node.containers.started[0]!.signals).toEqual(['SIGTERM']);
  await node.advance(0.2);
  expect(node.containers.started[0]!.signals).toEqual(['SIGTERM', 'SIGKILL']);
});
