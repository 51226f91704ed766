import { createCluster } from '../src/index.ts';

/** 24 virtual hours of 100 pods with HTTP readiness probes every 10 s: node cluster/scripts/day.ts [PODS [HOURS]] */
const pods = Number(process.argv[2] ?? 100);
const hours = Number(process.argv[3] ?? 24);

const startedMs = performance.now();
const seconds = (): string => `${((performance.now() - startedMs) / 1000).toFixed(2)} s`;
await using cluster = await createCluster();
process.stdout.write(`created after ${seconds()}\n`);
await cluster.apply({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: pods,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'my-backend-app',
            ports: [{ containerPort: 8080 }],
            readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 10 },
          },
        ],
      },
    },
  },
});
await cluster.ready();
process.stdout.write(
  `${pods} pods ready after ${seconds()}, ${cluster.clock.now() - Date.UTC(2026, 0, 1)} virtual ms\n`,
);
const from = performance.now();
const cpu = process.cpuUsage();
await cluster.advance(`${hours}h`);
const wallMs = performance.now() - from;
const { user, system } = process.cpuUsage(cpu);
const cpuUs = user + system;
const probes = pods * hours * 360;
process.stdout.write(
  `${hours} h took ${(wallMs / 1000).toFixed(2)} s, ${(cpuUs / 1e6).toFixed(2)} s of CPU: ${(cpuUs / probes).toFixed(1)} µs a probe; revision ${cluster.parts.storage.revision}, RSS ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB\n`,
);
