import { createCluster, type Cluster } from '@kubarium/cluster';
import { NODES, PODS, SERVICES, type Flow, type Pod } from '@kubarium/shared';
import assert from 'node:assert/strict';

/**
 * Prints what it costs until one pod's change has reached every node's table, with 500 and with 5,000 Services of 10 pods each: a pod's
 * Ready condition changes by a write to the API server, the EndpointSlice controller writes the slice, the proxy takes it up, and on
 * each of 100 nodes a first connection to the Service is decided by it. Run: node test/bench/endpoint-change.ts [changes]
 *
 * `at rest` is when every part has done what the change gives it to do (Endpoints, Events, what explains Services). Processor time is
 * that of the one thread on which all of the cluster runs. The pods are objects that nobody runs.
 */
const changes = Number(process.argv[2] ?? 300);
const NODE_COUNT = 100;
const PODS_OF_SERVICE = 10;
const CHANGING = 100;
const WARM_UP = 1_000;
/** Changes at a time in each cluster. */
const BLOCK = 20;
const TOGETHER = 20;
const MERGE = 'application/merge-patch+json';

const nodeName = (index: number): string => `rack-${index}`;
const ready = (status: 'True' | 'False') => [
  { type: 'Ready', status, lastTransitionTime: '2026-01-01T00:00:00Z' } as const,
];

async function addNodes({ parts: { client } }: Cluster): Promise<void> {
  for (let index = 0; index < NODE_COUNT; index++) {
    const status = { addresses: [{ type: 'InternalIP', address: `172.19.0.${index}` }] };
    const name = nodeName(index);
    await client.create(NODES, { metadata: { name } });
    await client.patch(NODES, { name }, MERGE, { status }, { subresource: 'status' });
  }
}

/** A Service and its pods, ready, spread over the nodes. */
async function addService({ parts: { client } }: Cluster, index: number): Promise<void> {
  const name = `s${index}`;
  const labels = { app: name };
  const spec = { selector: labels, ports: [{ port: 80, targetPort: 8080 }] };
  await client.create(SERVICES, { metadata: { namespace: 'default', name }, spec });
  const pods = Array.from({ length: PODS_OF_SERVICE }, async (_, number) => {
    const node = (index * PODS_OF_SERVICE + number) % NODE_COUNT;
    const key = { namespace: 'default', name: `${name}-${number}` };
    await client.create(PODS, {
      metadata: { ...key, labels },
      spec: { nodeName: nodeName(node), containers: [{ name: 'app', image: 'app' }] },
    });
    const place = index * PODS_OF_SERVICE + number;
    const podIP = `10.${128 + (place >> 16)}.${(place >> 8) & 255}.${place & 255}`;
    const status = { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: ready('True') };
    await client.patch(PODS, key, MERGE, { status }, { subresource: 'status' });
  });
  await Promise.all(pods);
}

/** How long something took, by the clock and of the processor. */
interface Span {
  readonly wallMs: number;
  readonly processorMs: number;
}

function stopwatch(): () => Span {
  const begun = performance.now();
  const before = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(before);
    return { wallMs: performance.now() - begun, processorMs: (user + system) / 1000 };
  };
}

interface Cost {
  readonly everyTable: Span;
  readonly rest: Span;
}

/** Makes one pod ready or not, and follows that to the tables. */
async function change(cluster: Cluster, index: number, status: 'True' | 'False'): Promise<Cost> {
  const { client, proxy } = cluster.parts;
  const key = { namespace: 'default', name: `s${index}-${index % PODS_OF_SERVICE}` };
  const pod: Pod = await client.get(PODS, key);
  const { clusterIP } = (await client.get(SERVICES, { namespace: 'default', name: `s${index}` })).spec;
  const [route] = proxy.table.routesOf(`default/s${index}`);
  const isThere = (): boolean => route!.endpoints.some((one) => one.address === pod.status.podIP && one.ready);
  assert.equal(isThere(), status === 'False');
  const elapsed = stopwatch();
  await client.patch(PODS, key, MERGE, { status: { conditions: ready(status) } }, { subresource: 'status' });
  while (isThere() !== (status === 'True')) await new Promise((turn) => setImmediate(turn));
  for (let node = 0; node < NODE_COUNT; node++) {
    const asked: Flow = {
      protocol: 'TCP',
      from: { node: nodeName(node), pod: { namespace: 'default', name: 'client', uid: 'client' } },
      source: { address: '10.127.0.1', port: 40_000 },
      destination: { address: clusterIP!, port: 80 },
    };
    assert.equal(proxy.stage.decide(asked).action, 'rewrite');
  }
  const everyTable = elapsed();
  await cluster.settle();
  return { everyTable, rest: elapsed() };
}

/** A cluster with so many Services, and what its changes have cost so far. */
interface Subject {
  readonly cluster: Cluster;
  readonly services: number;
  readonly costs: Cost[];
}

async function prepare(cluster: Cluster, services: number): Promise<Subject> {
  await addNodes(cluster);
  for (let made = 0; made < services; made += TOGETHER) {
    await Promise.all(Array.from({ length: TOGETHER }, (_, number) => addService(cluster, made + number)));
  }
  await cluster.settle();
  return { cluster, services, costs: [] };
}

/** One change; as many Services change whatever their number, and each pod goes and comes back. */
const changed = ({ cluster, services }: Subject, number: number): Promise<Cost> =>
  change(cluster, ((number >> 1) % CHANGING) * (services / CHANGING), number % 2 === 0 ? 'False' : 'True');

function tell({ services, costs }: Subject): void {
  const told = (of: keyof Cost): string => {
    const wall = costs.map((cost) => cost[of].wallMs).toSorted((a, b) => a - b);
    const at = (share: number): string => wall[Math.floor(share * (wall.length - 1))]!.toFixed(2);
    // Some systems count processor time in steps of several milliseconds: only its mean says something.
    const mean = costs.reduce((sum, cost) => sum + cost[of].processorMs, 0) / costs.length;
    return `${mean.toFixed(2)} ms of processor time; a tenth within ${at(0.1)} ms, half ${at(0.5)} ms, 99 % ${at(0.99)} ms`;
  };
  process.stdout.write(
    `${services} Services, ${services * PODS_OF_SERVICE} endpoints, ${NODE_COUNT} nodes\n` +
      `  in every table: ${told('everyTable')}\n  at rest: ${told('rest')}\n`,
  );
}

await using small = await createCluster();
await using large = await createCluster();
const subjects = [await prepare(small, 500), await prepare(large, 5_000)];
for (const subject of subjects) {
  // The first changes are for the compiler.
  for (let number = 0; number < WARM_UP; number++) await changed(subject, number);
}
// In turns, so that what else the machine does falls on both.
for (let begun = 0; begun < 2 * changes; begun += BLOCK) {
  for (const subject of subjects) {
    for (let number = begun; number < begun + BLOCK; number++) subject.costs.push(await changed(subject, number));
  }
}
subjects.forEach(tell);
