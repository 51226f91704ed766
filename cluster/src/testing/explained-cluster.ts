import type { Program } from '@kubarium/kubelet';
import { createCluster, type Cluster } from '../create-cluster.ts';
import { EXPLANATIONS, type Explanation, type ExplanationSpec } from '../explain/explanation-resource.ts';

/** A Deployment with its Service, and a pod that asks. */
const BACKEND = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: backend }
spec:
  replicas: 2
  selector: { matchLabels: { app: backend } }
  template:
    metadata: { labels: { app: backend } }
    spec:
      terminationGracePeriodSeconds: 5
      containers:
        - name: app
          image: my-backend-app
          ports: [{ name: http, containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 2, failureThreshold: 1 }
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
`;

/** A program that listens on its loopback address only, on port 8080. */
const shy: Program = (process) =>
  new Promise((resolve) => {
    process.network.listen({ port: 8080, address: '127.0.0.1' }, (connection) => connection.end());
    process.onSignal('SIGTERM', () => resolve(0));
  });

/** A cluster in virtual time in which `frontend` reaches `http://backend`. For tests. */
export async function explainedCluster(seed = 1): Promise<Cluster> {
  const cluster = await createCluster({ seed, images: { shy } });
  await cluster.apply(BACKEND);
  await cluster.ready();
  return cluster;
}

/** What the cluster's own review says, as an administrator's program would ask it. */
export async function explain(cluster: Cluster, spec: ExplanationSpec, namespace = 'default') {
  const draft = { metadata: { namespace }, spec };
  return (await cluster.client.create<Explanation>(EXPLANATIONS, draft as never)).status;
}
