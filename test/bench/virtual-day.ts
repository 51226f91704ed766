import { createCluster, serveHttp, type Program } from '@kubarium/cluster';

/**
 * 24 hours of the cluster's time with 100 pods that are probed over HTTP every 10 s: node test/bench/virtual-day.ts [PODS [HOURS]].
 * Each probe is a connection, a request and an answer on the pod network; the pods' program counts them.
 */
const pods = Number(process.argv[2] ?? 100);
const hours = Number(process.argv[3] ?? 24);

let probes = 0;
const probed: Program = async (process) => {
  serveHttp(process, { port: 8080 }, (_request, response) => {
    probes++;
    response.end('ok\n');
  });
  return new Promise((exit) => process.onSignal('SIGTERM', () => exit(0)));
};
const container = {
  name: 'app',
  image: 'probed',
  ports: [{ containerPort: 8080 }],
  readinessProbe: { httpGet: { port: 8080, path: '/healthz' }, periodSeconds: 10 },
};

await using cluster = await createCluster({ images: { probed } });
await cluster.apply({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: pods,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } },
  },
});
await cluster.ready();

probes = 0;
const writes = cluster.parts.storage.revision;
const startedMs = performance.now();
const started = process.cpuUsage();
await cluster.advance(`${hours}h`);
const wallSeconds = (performance.now() - startedMs) / 1000;
const { user, system } = process.cpuUsage(started);
const microseconds = user + system;
process.stdout.write(
  `${hours} h of ${pods} pods: ${wallSeconds.toFixed(1)} s, ${(microseconds / 1e6).toFixed(1)} s of processor time; ` +
    `${probes} probes at ${(microseconds / probes).toFixed(1)} µs, ${cluster.parts.storage.revision - writes} writes, ` +
    `${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB\n`,
);
const expected = pods * hours * 360;
if (Math.abs(probes - expected) > pods) throw new Error(`${expected} probes were due`);
