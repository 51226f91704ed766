import { createCluster, type Connection, type Program } from '@kubarium/cluster';
import { createServer, request } from 'node:http';
import { duplexPair } from 'node:stream';

/**
 * Prints how many HTTP requests a second one pod makes by a Service's name, in a cluster as `createCluster` makes it: for each, the
 * pod's resolver reads its files and asks the cluster's DNS over UDP, a new connection takes the node's rules and the network policy to
 * one of three pods, and the web app there answers over Node's own HTTP code. Nobody traces. Run: node test/bench/packet-path.ts
 * [requests] [at once]
 *
 * `of processor time` is what the rate would be with a core of its own: everything runs on the one thread whose time it is.
 */
const total = Number(process.argv[2] ?? 20_000);
const atOnce = Number(process.argv[3] ?? 32);
const ROUNDS = 5;

const SERVER = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: backend }
spec:
  replicas: 3
  selector: { matchLabels: { app: backend } }
  template:
    metadata: { labels: { app: backend } }
    spec: { containers: [{ name: app, image: my-backend-app, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: backend }
spec: { selector: { app: backend }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: backend }
spec:
  podSelector: { matchLabels: { app: backend } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: client } } }], ports: [{ port: 8080 }] }]
`;
const CLIENT = `
apiVersion: v1
kind: Pod
metadata: { name: client, labels: { app: client } }
spec: { restartPolicy: Never, containers: [{ name: client, image: client }] }
`;

const client: Program = async ({ resolver, network }) => {
  const lookUp = async (): Promise<string> => {
    const found = await resolver.lookup('backend');
    if (!found.ok) throw new Error(`backend: ${found.code}`);
    return found.addresses[0]!;
  };
  const get = async (address: string): Promise<void> => {
    const connection = await network.connect({ address, port: 80 });
    await new Promise<void>((done, fail) => {
      request({ host: 'backend', createConnection: () => connection }, (response) => {
        if (response.statusCode !== 200) fail(new Error(`status ${response.statusCode}`));
        response.resume().on('end', done);
      })
        .on('error', fail)
        .end();
    });
  };
  await measure('bare HTTP', bareGet);
  const address = await lookUp();
  await measure('look-up of the name', lookUp);
  await measure('request to the cluster IP', () => get(address));
  await measure('look-up and request', async () => get(await lookUp()));
  return 0;
};

/** The same request between two ends of Node's own streams, with no network between: what there is to lose. */
const bareServer = createServer((_, response) => response.end('hello'));
function bareGet(): Promise<void> {
  const ends = duplexPair() as [Connection, Connection];
  const noop = (): void => {};
  for (const end of ends) Object.assign(end, { setTimeout: noop, setNoDelay: noop, destroySoon: () => end.end() });
  bareServer.emit('connection', ends[0]);
  return new Promise((done, fail) => {
    request({ host: 'backend', createConnection: () => ends[1] }, (response) => response.resume().on('end', done))
      .on('error', fail)
      .end();
  });
}

async function measure(what: string, one: () => Promise<unknown>): Promise<void> {
  for (let round = 1; round <= ROUNDS; round++) {
    const begun = performance.now();
    const before = process.threadCpuUsage();
    let left = total;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (left-- > 0) await one();
      }),
    );
    const { user, system } = process.threadCpuUsage(before);
    const perSecond = total / ((performance.now() - begun) / 1000);
    const perProcessorSecond = total / ((user + system) / 1e6);
    // The first rounds are the compiler's.
    if (round > 2) {
      const told = `${perSecond.toFixed(0)}/s; ${perProcessorSecond.toFixed(0)} a second of processor time`;
      process.stdout.write(`${what}: ${told}\n`);
    }
  }
}

// The clock of a cluster does not keep a process alive.
const alive = setInterval(() => {}, 1_000);
await using cluster = await createCluster({ clock: 'real', images: { client } });
await cluster.apply(SERVER);
await cluster.ready();
await cluster.apply(CLIENT);
let phase: string | undefined;
const hasEnded = async (): Promise<boolean> => {
  ({ phase } = (await cluster.pod('client').get()).status);
  return phase === 'Succeeded' || phase === 'Failed';
};
await cluster.advanceUntil(hasEnded, '10m');
if (phase !== 'Succeeded') throw new Error(`the client is ${phase}: ${await cluster.pod('client').logs()}`);
clearInterval(alive);
