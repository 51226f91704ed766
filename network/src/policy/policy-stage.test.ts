import { InformerFactory, KubeClient, type NetworkPolicy } from '@kubarium/shared';
import { makePod, ScriptedTransport } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import { codeOf, networkFixture, textOf, traceFixture, turns } from '../testing/network-fixture.ts';
import { NetworkPolicies } from './policy-stage.ts';

/** Pods at `10.244.N.x` with the label `at=ADDRESS`, and policies over them. */
function fixture(...addresses: readonly string[]) {
  const base = networkFixture();
  const { clock, network } = base;
  const runtime = { clock, random: undefined as never, logger: undefined as never };
  const informers = new InformerFactory(new KubeClient(new ScriptedTransport()), runtime);
  const policies = new NetworkPolicies({ informers, ownerOf: (address) => network.ownerOf(address) });
  network.addFilter(policies);
  for (const address of addresses) {
    policies.index.podChanges.added?.(
      makePod({
        metadata: { name: `pod-${address}`, uid: address, labels: { at: address } },
        spec: { nodeName: `node-${address.split('.')[2]}` },
        status: { podIP: address },
      }),
    );
  }
  const policy = (spec: NetworkPolicy['spec'], name = 'p'): NetworkPolicy => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace: 'default', name } as never,
    spec,
  });
  return { ...base, policies, policy, put: (of: NetworkPolicy) => policies.index.policyChanges.added?.(of) };
}

const at = (address: string) => ({ matchLabels: { at: address } });

it('lets a denied connection wait until it times out, and a later SYN through once the policy is gone', async () => {
  const { clock, pod, policies, policy, put } = fixture('10.244.1.2', '10.244.2.2');
  pod('10.244.2.2').listen({ port: 80 }, (connection) => connection.end('hello'));
  const client = pod('10.244.1.2');
  put(policy({ podSelector: at('10.244.2.2') }));
  const denied = codeOf(client.connect({ address: '10.244.2.2', port: 80, timeoutMs: 2_000 }));
  await turns();
  clock.advance(2_000);
  await expect(denied).resolves.toBe('ETIMEDOUT');
  const patient = client.connect({ address: '10.244.2.2', port: 80 });
  await turns();
  policies.index.policyChanges.deleted?.(policy({}));
  clock.advance(1_000);
  await turns();
  await expect(textOf(await patient)).resolves.toBe('hello');
});

it('lets replies back, of connections and of datagrams, whatever the own policies are', async () => {
  const { pod, policy, put } = fixture('10.244.1.2', '10.244.2.2');
  // The server may call nobody; the client may be called by nobody.
  put(policy({ podSelector: at('10.244.2.2'), policyTypes: ['Egress'] }, 'server'));
  put(policy({ podSelector: at('10.244.1.2'), policyTypes: ['Ingress'] }, 'client'));
  const [client, server] = [pod('10.244.1.2'), pod('10.244.2.2')];
  server.listen({ port: 80 }, (connection) => connection.end('hello'));
  await expect(textOf(await client.connect({ address: '10.244.2.2', port: 80 }))).resolves.toBe('hello');
  const echo = server.bind({ port: 53, onDatagram: ({ data, from }) => echo.send(data, from) });
  const answers: string[] = [];
  const socket = client.bind({ port: 0, onDatagram: ({ data }) => void answers.push(Buffer.from(data).toString()) });
  socket.send(Buffer.from('ping'), { address: '10.244.2.2', port: 53 });
  await turns();
  expect(answers).toEqual(['ping']);
});

it('leaves connections that stand alone', async () => {
  const { pod, policy, put } = fixture('10.244.1.2', '10.244.2.2');
  pod('10.244.2.2').listen({ port: 80 }, (connection) => void connection.pipe(connection));
  const connection = await pod('10.244.1.2').connect({ address: '10.244.2.2', port: 80 });
  put(policy({ podSelector: {} }));
  connection.end('still here');
  await expect(textOf(connection)).resolves.toBe('still here');
});

it('lets the own node in, by which the kubelet probes, and no other node', async () => {
  const { clock, network, pod, policy, put } = fixture('10.244.1.2');
  put(policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }));
  pod('10.244.1.2').listen({ port: 80 }, (connection) => connection.end('hello'));
  const host = (node: string, address: string) => network.host(node, [address]).network;
  const own = await host('node-1', '172.18.0.3').connect({ address: '10.244.1.2', port: 80 });
  await expect(textOf(own)).resolves.toBe('hello');
  const other = codeOf(host('node-2', '172.18.0.4').connect({ address: '10.244.1.2', port: 80, timeoutMs: 500 }));
  await turns();
  clock.advance(500);
  await expect(other).resolves.toBe('ETIMEDOUT');
});

it('sees the pod behind a host port', async () => {
  const { clock, network, attachPod, policy, put } = fixture('10.244.1.2');
  network.host('node-1', ['172.18.0.3']);
  attachPod('10.244.1.2', [{ protocol: 'TCP', hostPort: 8080, containerPort: 80 }]).network.listen(
    { port: 80 },
    () => {},
  );
  const outside = network.host('outside', ['172.18.0.1']).network;
  await outside.connect({ address: '172.18.0.3', port: 8080 });
  put(policy({ podSelector: at('10.244.1.2') }));
  const denied = codeOf(outside.connect({ address: '172.18.0.3', port: 8080, timeoutMs: 500 }));
  await turns();
  clock.advance(500);
  await expect(denied).resolves.toBe('ETIMEDOUT');
});

it('tells the policy and the nearest rule to a trace, and nothing where no policy has a say', async () => {
  const { pod, policy, put } = fixture('10.244.1.2', '10.244.2.2', '10.244.2.3');
  put(
    policy({
      podSelector: at('10.244.2.2'),
      ingress: [{ from: [{ podSelector: at('10.244.1.3') }], ports: [{ port: 80 }] }],
    }),
  );
  const client = pod('10.244.1.2');
  for (const address of ['10.244.2.2', '10.244.2.3']) pod(address).listen({ port: 80 }, () => {});
  const trace = traceFixture();
  client.connect({ address: '10.244.2.2', port: 80, timeoutMs: 500, trace }).catch(() => {});
  await turns();
  expect(trace.hops).toMatchObject([
    {
      stage: 'policy',
      where: 'pod default/pod-10.244.2.2 (10.244.2.2)',
      asked: 'TCP from pod default/pod-10.244.1.2 (10.244.1.2) to pod default/pod-10.244.2.2 (10.244.2.2:80)',
      verdict: 'ingress denied',
      ok: false,
      alternatives: [{ what: 'default/p ingress[0]', taken: false }],
    },
    { stage: 'connect', verdict: 'dropped', reason: 'by policy; nothing answers' },
  ]);
  expect(trace.hops[0]!.reason).toContain('the pod has not at=10.244.1.3 (it has at=10.244.1.2)');
  const open = traceFixture();
  await client.connect({ address: '10.244.2.3', port: 80, trace: open });
  expect(open.hops.map(({ stage }) => stage)).toEqual(['connect']);
  put({ ...policy({ podSelector: at('10.244.2.2'), ingress: [{ from: [{ podSelector: {} }] }] }, 'open') });
  const allowed = traceFixture();
  await client.connect({ address: '10.244.2.2', port: 80, trace: allowed });
  expect(allowed.hops[0]).toMatchObject({
    stage: 'policy',
    verdict: 'allowed',
    reason: 'ingress allowed by policy default/open, rule ingress[0]',
    alternatives: [
      { what: 'default/open ingress[0]', why: 'it allows the ingress', taken: true },
      { what: 'default/p', why: 'not needed: one rule is enough', taken: false },
    ],
  });
});

it('takes a sandbox without an object for a pod without labels of its namespace', async () => {
  const { clock, pod, policy, put } = fixture('10.244.2.2');
  put(policy({ podSelector: {}, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }] }));
  const server = pod('10.244.2.2');
  for (const port of [80, 81]) server.listen({ port }, () => {});
  const stranger = pod('10.244.1.2');
  await stranger.connect({ address: '10.244.2.2', port: 80 });
  const denied = codeOf(stranger.connect({ address: '10.244.2.2', port: 81, timeoutMs: 500 }));
  await turns();
  clock.advance(500);
  await expect(denied).resolves.toBe('ETIMEDOUT');
});
