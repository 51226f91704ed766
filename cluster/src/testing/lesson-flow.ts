import { PODS } from '@kubarium/shared';
import { createCluster } from '../create-cluster.ts';

const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: backend }
spec:
  replicas: 3
  selector: { matchLabels: { app: backend } }
  template:
    metadata: { labels: { app: backend } }
    spec:
      containers:
        - name: app
          image: my-backend-app
          ports: [{ containerPort: 8080 }]
          readinessProbe: { httpGet: { port: 8080 } }
---
apiVersion: v1
kind: Service
metadata: { name: backend }
spec: { selector: { app: backend }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: frontend }
spec: { containers: [{ name: shell, image: busybox, command: [sleep, 1d] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: crashing }
spec: { containers: [{ name: shell, image: busybox, command: [sh, -c, 'echo about to fail; exit 3'] }] }
`;

/**
 * The lesson on ClusterIP Services as a run of an embedded cluster: pods behind a Service are asked by name, die, come back elsewhere,
 * and the Service stays; a selector breaks and is mended; a container crashes and backs off. Resolves with the transcript's hash.
 */
export async function lessonFlow(seed: number): Promise<string> {
  await using cluster = await createCluster({ seed });
  await cluster.apply(MANIFESTS);
  const frontend = cluster.pod('frontend');
  await frontend.ready();
  await cluster.advance('30s');
  for (let i = 0; i < 5; i++) await frontend.curl('http://backend');
  await cluster.client.deleteCollection(PODS, { namespace: 'default', labelSelector: 'app=backend' });
  await cluster.advance('1m');
  await frontend.exec('nslookup backend; for i in 1 2 3 4; do curl -s http://backend | head -1; done');
  await cluster.apply(MANIFESTS.replace('spec: { selector: { app: backend }', 'spec: { selector: { app: nobody }'));
  await frontend.exec('curl -sS --max-time 2 http://backend');
  await cluster.apply(MANIFESTS);
  await frontend.exec('for i in 1 2 3; do curl -s http://backend | head -1; done | sort | uniq -c');
  await cluster.advance('5m');
  await cluster.pod('crashing').logs();
  return cluster.transcript();
}
