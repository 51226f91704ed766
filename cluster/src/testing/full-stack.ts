/** One tier of the full-stack application. */
export interface Tier {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number;
  /** How a client asks it; ends with 0 where it answers. */
  readonly request: string;
}

export const TIERS: readonly Tier[] = [
  { name: 'frontend', port: 80, targetPort: 8080, request: 'curl -sS --max-time 20 http://frontend' },
  { name: 'backend', port: 80, targetPort: 8081, request: 'curl -sS --max-time 20 http://backend' },
  { name: 'redis', port: 6379, targetPort: 6379, request: 'redis-cli -h redis ping' },
];

/** The manifests of an application of three tiers and of a pod that asks them. `strategy` is that of all Deployments. */
export const fullStack = (strategy: 'Recreate' | 'RollingUpdate'): string =>
  [...TIERS.map((tier) => tierManifest(tier, strategy)), CLIENT].join('---');

const tierManifest = ({ name, port, targetPort }: Tier, strategy: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${name === 'redis' ? 1 : 2}
  strategy: { type: ${strategy} }
  selector: { matchLabels: { app: shop, tier: ${name} } }
  template:
    metadata: { labels: { app: shop, tier: ${name} } }
    spec:
      terminationGracePeriodSeconds: 2
      containers:
        - name: main
          image: ${name === 'redis' ? 'redis' : `my-${name}`}
          ports: [{ name: main, containerPort: ${targetPort} }]
          readinessProbe: { tcpSocket: { port: ${targetPort} }, periodSeconds: 2, failureThreshold: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: shop, tier: ${name} }, ports: [{ port: ${port}, targetPort: ${targetPort} }] }
`;

const CLIENT = `
apiVersion: v1
kind: Pod
metadata: { name: client, labels: { app: client } }
spec: { containers: [{ name: shell, image: busybox, command: [sleep, 10d] }] }
`;
