import type { Connection, NetworkNamespace } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { loopbackNetwork } from '../testing/loopback-network.ts';
import { testContainer } from '../testing/test-container.ts';

/** A web app on port 80, and the connections that it has accepted. */
async function webApp() {
  const inner = loopbackNetwork();
  const accepted: Connection[] = [];
  const network: NetworkNamespace = {
    ...inner,
    listen: (options, onConnection) =>
      inner.listen(options, (connection) => {
        accepted.push(connection);
        onConnection(connection);
      }),
  };
  await testContainer({ network, image: 'my-app', pod: { ports: [{ containerPort: 80, protocol: 'TCP' }] } });
  return { network, accepted };
}

const closed = (connection: Connection): Promise<void> =>
  new Promise((resolve) => void (connection.destroyed ? resolve() : connection.once('close', resolve)));

async function request(network: NetworkNamespace, text: string): Promise<string> {
  const connection = await network.connect({ address: '10.244.0.2', port: 80 });
  connection.end(text);
  let answer = '';
  for await (const chunk of connection) answer += String(chunk);
  return answer;
}

it('does not hold on to a client that leaves without a word, as a TCP probe does', async () => {
  const { network, accepted } = await webApp();
  const connection = await network.connect({ address: '10.244.0.2', port: 80 });
  connection.end();
  await closed(connection.resume());
  await closed(accepted[0]!);
  expect(accepted).toHaveLength(1);
});

it('answers the same bytes the same way each time, to a client that has ended its side', async () => {
  const { network } = await webApp();
  const text = 'GET /a HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n';
  const first = await request(network, text);
  expect(first).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*request: {3}GET \/a\n/);
  const withoutClient = (answer: string): string => answer.replaceAll(/client:.*/g, '');
  expect(withoutClient(await request(network, text))).toBe(withoutClient(first));
  expect(await request(network, text.replace('/a', '/b'))).toContain('GET /b\n');
});
