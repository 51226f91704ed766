import { expect, test } from 'vitest';
import { grpcProbe } from '../../probes/grpc-probe.ts';
import { settle, testContainer } from '../../testing/test-container.ts';

const start = async (...args: string[]) => {
  const box = await testContainer({ image: 'agnhost:2.59', argv: ['/agnhost', 'grpc-health-checking', ...args] });
  const target = { network: box.network, clock: box.clock, podIP: '10.244.0.2' };
  const probe = (service?: string) =>
    settle(box.clock, Promise.resolve(grpcProbe({ port: 5000, ...(service && { service }) }, target, 1000)()));
  return { ...box, probe };
};

test('serves until it is told not to', async () => {
  const { probe, run, clock } = await start();
  expect(await probe()).toMatchObject({ result: 'success' });
  await settle(clock, run('curl -s localhost:8080/make-not-serving'));
  expect(await probe()).toMatchObject({ message: 'service unhealthy (responded with "NOT_SERVING")' });
  await settle(clock, run('curl -s localhost:8080/make-serving'));
  expect(await probe()).toMatchObject({ result: 'success' });
});

test.each([
  ['short', 'a'],
  ['long', 'a'.repeat(300)],
])('knows one service, of a %s name', async (_, service) => {
  const { probe } = await start('--service', service);
  expect(await probe(service)).toMatchObject({ result: 'success' });
  expect(await probe('b')).toMatchObject({ message: 'error: health rpc failed: rpc error: code = 5' });
});

test('is not well after the delay', async () => {
  const { probe, clock } = await start('--delay-unhealthy-sec=10');
  expect(await probe()).toMatchObject({ result: 'success' });
  clock.advance(10_000);
  expect(await probe()).toMatchObject({ result: 'failure' });
});
