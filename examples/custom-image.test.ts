import { serveHttp, type Program } from 'kubarium';
import { clusterTest } from 'kubarium/vitest';
import { expect } from 'vitest';

const counter: Program = async (process) => {
  let visits = 0;
  serveHttp(process, { port: 80 }, (_request, response) =>
    response.end(`visit ${++visits} of ${process.env['GUEST']}`),
  );
  return new Promise((exit) => process.onSignal('SIGTERM', () => exit(0)));
};

const test = clusterTest({ images: { counter } });

test('counts visits', async ({ cluster }) => {
  const containers = [{ name: 'app', image: 'counter:1.0', env: [{ name: 'GUEST', value: 'nobody' }] }];
  await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers } });
  const { status } = await cluster.pod('web').ready();
  await cluster.pod('web').curl(`http://${status.podIP}`);
  expect((await cluster.pod('web').curl(`http://${status.podIP}`)).body).toBe('visit 2 of nobody');
});
