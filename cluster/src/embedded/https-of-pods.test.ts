import { expect, test } from 'vitest';
import { createCluster, type Cluster } from '../create-cluster.ts';

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const ASK = `date +%s%N; curl -sSi -k -H "Authorization: Bearer $(cat ${TOKEN})" https://kubernetes.default/api; date +%s%N`;

async function askApiServer(cluster: Cluster): Promise<string> {
  const containers = [{ name: 'main', image: 'curl', command: ['sleep', '1d'] }];
  await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'client' }, spec: { containers } });
  await cluster.ready();
  return (await cluster.pod('client').exec(`${ASK}; cat ${TOKEN}`)).stdout;
}

test('a pod asks the API server over TLS in no time, and is answered at the cluster’s time', async () => {
  await using cluster = await createCluster({ nodes: 1 });
  const [before, status, ...rest] = (await askApiServer(cluster)).split('\n');
  expect(status).toBe('HTTP/1.1 200 OK\r');
  expect(rest.join('\n')).toMatch(/^Date: Thu, 01 Jan 2026 00:00:\d\d GMT\r$/m);
  expect(rest.join('\n')).toContain(`}${before}\n`);
});

test('tokens and answers are the same for the same seed, and others for another', async () => {
  const answers: string[] = [];
  for (const seed of [1, 1, 2]) {
    await using cluster = await createCluster({ nodes: 1, seed });
    answers.push(await askApiServer(cluster));
  }
  const [first, second, other] = answers;
  expect(second).toBe(first);
  expect(other!.split('\n').at(-1)).not.toBe(first!.split('\n').at(-1));
});
