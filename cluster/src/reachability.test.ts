import { expect, it } from 'vitest';
import { createCluster } from './create-cluster.ts';

const MANIFESTS = ['web', 'shut']
  .map(
    (name) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec: { containers: [{ name: app, image: my-app, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: 8080 }], clusterIP: ${name === 'web' ? '10.96.7.7' : 'None'} }
`,
  )
  .concat(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: shut }
spec: { podSelector: { matchLabels: { app: shut } } }
`)
  .join('---');

it('pings and traces routes to what the network reaches, and to nothing else', async () => {
  await using cluster = await createCluster();
  await cluster.apply(MANIFESTS);
  await cluster.ready();
  const [web, shut] = [cluster.pod('web'), cluster.pod('shut')];
  const webIP = (await web.get()).status.podIP!;
  const pinged = await shut.exec(`ping -c 3 ${webIP}`);
  expect(pinged).toMatchObject({ exitCode: 0 });
  expect(pinged.stdout).toMatch(/^PING 10\.\S+ \(10\.\S+\): 56 data bytes\n64 bytes from \S+: seq=0 ttl=64 time=/);
  expect(pinged.stdout).toContain(
    '3 packets transmitted, 3 packets received, 0% packet loss\nround-trip min/avg/max = ',
  );
  // A policy that denies, a cluster IP (which no rule answers for), an address of nobody, a name of nobody.
  const lost = '2 packets transmitted, 0 packets received, 100% packet loss';
  const results = [];
  for (const host of ['shut', '10.96.7.7', '10.244.99.9']) results.push(await web.exec(`ping -c 2 -W 1 ${host}`));
  expect(results.map(({ exitCode, stdout }) => [exitCode, stdout.includes(lost)])).toEqual([
    [1, true],
    [1, true],
    [1, true],
  ]);
  expect(await web.exec('ping -c 1 nobody')).toMatchObject({ exitCode: 1, stderr: "ping: bad address 'nobody'\n" });
  expect((await web.exec('ping -c 1 localhost')).exitCode).toBe(0);

  const route = await shut.exec(`traceroute -n ${webIP}`);
  expect(route.stdout).toMatch(/^traceroute to \S+ \(\S+\), 30 hops max, 46 byte packets\n 1 {2}10\.244\.\d+\.1 /);
  expect(route.stdout.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^ 2  ${webIP.replaceAll('.', '\\.')} `));
  const silent = await web.exec('traceroute -m 3 -w 1 shut');
  expect(silent.stdout).toContain(' 2  *  *  *\n 3  *  *  *\n');
});
