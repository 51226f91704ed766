/*
 * Uses the bundle as most do at first, and keeps what V8 has compiled by then: later processes need not compile it again. For the flags
 * that this process has. Part of the set-up, after cli/scripts/bundle.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type * as Api from '@kubarium/cluster';
import { bundleScript, compiledBundle, exportsOf } from '../src/load-bundle.js';

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web, ports: [{ containerPort: 80 }], readinessProbe: { httpGet: { port: 80 } } }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: default }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: default }
spec: { containers: [{ name: client, image: curl, command: [sleep, 1d] }] }
`;

async function embedded({ createCluster }: typeof Api): Promise<void> {
  await using cluster = await createCluster();
  await cluster.apply(DEPLOYMENT);
  await cluster.ready();
  await cluster.pod('client').curl('http://web');
  await cluster.pod('client').exec(['nslookup', 'web']);
}

async function served(api: typeof Api): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'kubarium-setup-'));
  try {
    await using cluster = await api.startCluster({
      dataDir,
      bindAddress: '127.0.0.1',
      port: 0,
      nodes: 2,
      podsPerNode: 110,
      zones: 0,
      dnsPort: 0,
      proxyPort: 0,
      proxyNamespace: 'default',
      logger: api.silentLogger,
    });
    using transport = new api.HttpTransport(api.loadKubeconfig(cluster.kubeconfigPath));
    const client = new api.KubeClient(transport);
    const named = { namespace: 'default', name: 'settings' };
    for (const path of ['/api', '/apis', '/openapi/v3']) await transport.text(path);
    await client.create(api.CONFIG_MAPS, { metadata: named, data: { a: '1' } });
    await client.patch(api.CONFIG_MAPS, named, 'application/strategic-merge-patch+json', { data: { a: '2' } });
    await client.list(api.PODS, {});
    await client.delete(api.CONFIG_MAPS, named);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}

// V8 forgets code that has not run for a while. The flag is part of what a later process must have alike, and so is only lent.
setFlagsFromString('--no-flush-bytecode');
const script = bundleScript(undefined);
const api = exportsOf(script) as typeof Api;
await embedded(api);
await served(api);
setFlagsFromString('--flush-bytecode');
writeFileSync(compiledBundle(), script.createCachedData());
