import { silentLogger, type Attachment, type Connection } from '@kubarium/shared';
import { request } from 'node:http';
import { duplexPair } from 'node:stream';
import { expect, it } from 'vitest';
import { HealthCheckServer } from './health-check-server.ts';
import type { Proxy } from './proxy.ts';
import { makeEndpoint, makeService, makeSlice, proxyFixture } from './testing/proxy-fixture.ts';

/** A node's host network that only listens; `ask` is a load balancer's probe. */
function host() {
  const ports = new Map<number, (connection: Connection) => void>();
  const attach = (): Attachment => ({
    network: {
      listen: ({ port }: { port: number }, accept: (connection: Connection) => void) => {
        ports.set(port, accept);
        return { address: '0.0.0.0', port, [Symbol.dispose]: () => void ports.delete(port) };
      },
    } as never,
    [Symbol.dispose]() {},
  });
  const ask = (port: number): Promise<{ status: number | undefined; weight: unknown; body: unknown }> =>
    new Promise((resolve, reject) => {
      const [client, server] = duplexPair();
      ports.get(port)!(server as Connection);
      request({ createConnection: () => client as never }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            weight: response.headers['x-load-balancing-endpoint-weight'],
            body: JSON.parse(text),
          }),
        );
      })
        .on('error', reject)
        .end();
    });
  return { attach, ask, ports };
}

it('tells at each node how many ready endpoints are there, until the Service has no such port', async () => {
  const service = makeService('web', {
    type: 'LoadBalancer',
    clusterIP: '10.96.1.1',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 31000,
  });
  const endpoints = [
    makeEndpoint('10.244.1.2'),
    makeEndpoint('10.244.1.3'),
    makeEndpoint('10.244.2.2', { conditions: { ready: false } }),
  ];
  const { table, setServices } = proxyFixture([service], [makeSlice('web', endpoints)]);
  let changed = (): void => {};
  const proxy = { table, onServices: (callback: () => void) => (changed = callback)() } as unknown as Proxy;
  const [one, two] = [host(), host()];
  const nodes = [
    { name: 'node-1', attach: one.attach },
    { name: 'node-2', attach: two.attach },
  ];
  await using server = new HealthCheckServer({ proxy, logger: silentLogger, nodes });
  await server.start();
  const body = (localEndpoints: number) => ({
    service: { namespace: 'default', name: 'web' },
    localEndpoints,
    serviceProxyHealthy: true,
  });
  expect(await one.ask(31000)).toEqual({ status: 200, weight: '2', body: body(2) });
  expect(await two.ask(31000)).toEqual({ status: 503, weight: '0', body: body(0) });
  setServices(makeService('web', { ...service.spec, externalTrafficPolicy: 'Cluster' }));
  changed();
  expect([one.ports.size, two.ports.size]).toEqual([0, 0]);
});
