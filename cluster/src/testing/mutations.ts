import { DEPLOYMENTS, NODES, PODS, SERVICES, type Random } from '@kubarium/shared';
import type { Cluster } from '../create-cluster.ts';
import type { Tier } from './full-stack.ts';

/** One thing that a person may do wrong to a tier of an application. */
export interface Mutation {
  readonly name: string;
  /** What an explanation should call it, where it stops the traffic. */
  readonly cause: string | ((tier: Tier) => string);
  readonly act: (cluster: Cluster, tier: Tier, random: Random) => Promise<unknown>;
}

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';

const service = (cluster: Cluster, { name }: Tier, patch: object) =>
  cluster.client.patch(SERVICES, { namespace: 'default', name }, MERGE, patch);
const ports = (cluster: Cluster, tier: Tier, port: object) =>
  service(cluster, tier, { spec: { ports: [{ port: tier.port, targetPort: tier.targetPort, ...port }] } });
const deployment = (cluster: Cluster, name: string, spec: object, namespace = 'default') =>
  cluster.client.patch(DEPLOYMENTS, { namespace, name }, STRATEGIC, { spec });
const template = (cluster: Cluster, { name }: Tier, spec: object) => deployment(cluster, name, { template: { spec } });
const container = (cluster: Cluster, tier: Tier, main: object) =>
  template(cluster, tier, { containers: [{ name: 'main', ...main }] });
const policy = (cluster: Cluster, spec: object, namespace = 'default') =>
  cluster.apply({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'p', namespace },
    spec,
  });
const podSelector = ({ name }: Tier) => ({ matchLabels: { tier: name } });

/** A port that nobody uses. */
const odd = (random: Random): number => 10_000 + random.integer(1_000);

/** A text with one letter changed, left out or doubled. */
function misspelt(text: string, random: Random): string {
  const at = random.integer(text.length);
  const letter = ['x', '', text[at]! + text[at]!][random.integer(3)]!;
  return text.slice(0, at) + letter + text.slice(at + 1);
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'misspell a value of the selector',
    cause: 'SelectorMatchesNothing',
    act: (cluster, tier, random) =>
      service(cluster, tier, { spec: { selector: { tier: misspelt(tier.name, random) } } }),
  },
  {
    name: 'select one label too many',
    cause: 'SelectorMatchesNothing',
    act: (cluster, tier) => service(cluster, tier, { spec: { selector: { version: 'v2' } } }),
  },
  {
    name: 'take the selector away',
    cause: 'NoSelectorNoEndpoints',
    act: (cluster, tier) => service(cluster, tier, { spec: { selector: null } }),
  },
  {
    name: 'send the traffic to another target port',
    cause: 'NothingListens',
    act: (cluster, tier, random) => ports(cluster, tier, { targetPort: odd(random) }),
  },
  {
    name: 'name a target port that the pods have not',
    cause: 'TargetPortNameMissing',
    act: (cluster, tier, random) => ports(cluster, tier, { targetPort: misspelt('main', random) }),
  },
  { name: 'name the target port', cause: '', act: (cluster, tier) => ports(cluster, tier, { targetPort: 'main' }) },
  {
    name: 'change the port of the Service',
    // Where the two were the same, clients go on asking for the target port.
    cause: ({ port, targetPort }) => (port === targetPort ? 'TargetPortAsked' : 'NoSuchPort'),
    act: (cluster, tier, random) => ports(cluster, tier, { port: odd(random) }),
  },
  {
    name: 'make the port of the Service UDP',
    cause: 'WrongProtocol',
    act: (cluster, tier) => ports(cluster, tier, { protocol: 'UDP' }),
  },
  {
    name: 'delete the Service',
    cause: 'NoSuchService',
    act: (cluster, { name }) => cluster.client.delete(SERVICES, { namespace: 'default', name }),
  },
  {
    name: 'make the Service an external name',
    cause: 'ExternalNameOutside',
    act: (cluster, tier) =>
      service(cluster, tier, {
        spec: { type: 'ExternalName', externalName: 'shop.example.com', clusterIP: null, clusterIPs: null },
      }),
  },
  {
    name: 'give the Service to another proxy',
    cause: 'OtherProxy',
    act: (cluster, tier) =>
      service(cluster, tier, { metadata: { labels: { 'service.kubernetes.io/service-proxy-name': 'x' } } }),
  },
  {
    name: 'keep the traffic on the node',
    cause: 'LocalPolicyWithoutEndpoint',
    act: (cluster, tier) => service(cluster, tier, { spec: { internalTrafficPolicy: 'Local' } }),
  },
  {
    name: 'stick to one pod',
    cause: '',
    act: (cluster, tier) => service(cluster, tier, { spec: { sessionAffinity: 'ClientIP' } }),
  },
  {
    name: 'scale to zero',
    cause: 'ScaledToZero',
    act: (cluster, { name }) => deployment(cluster, name, { replicas: 0 }),
  },
  {
    name: 'delete a pod',
    cause: '',
    act: async (cluster, tier) => {
      const { items } = await cluster.client.list(PODS, { labelSelector: `tier=${tier.name}` });
      await cluster.client.delete(PODS, items[0]!.metadata);
    },
  },
  {
    name: 'use an image that does not exist',
    cause: 'ImageNotPulled',
    act: (cluster, tier, random) =>
      container(cluster, tier, { image: `my-${tier.name}:${['nonexistent', '404', 'not-found'][random.integer(3)]}` }),
  },
  {
    name: 'end the program',
    cause: 'CrashLooping',
    act: (cluster, tier, random) =>
      container(cluster, tier, { command: ['sh', '-c', `exit ${1 + random.integer(100)}`] }),
  },
  {
    name: 'probe readiness at a wrong port',
    cause: 'ProbeFails',
    act: (cluster, tier, random) => container(cluster, tier, { readinessProbe: { tcpSocket: { port: odd(random) } } }),
  },
  {
    name: 'probe liveness at a wrong port',
    cause: 'CrashLooping',
    act: (cluster, tier, random) =>
      container(cluster, tier, {
        livenessProbe: { tcpSocket: { port: odd(random) }, periodSeconds: 1, failureThreshold: 1 },
      }),
  },
  {
    name: 'ask for more memory than there is',
    cause: 'Unschedulable',
    act: (cluster, tier) => container(cluster, tier, { resources: { requests: { memory: '5Ti' } } }),
  },
  {
    name: 'ask for a node that there is not',
    cause: 'Unschedulable',
    act: (cluster, tier) => template(cluster, tier, { nodeSelector: { disk: 'gold' } }),
  },
  {
    name: 'cordon the nodes and begin anew',
    cause: 'Unschedulable',
    act: async (cluster, tier, random) => {
      const { items } = await cluster.client.list(NODES);
      for (const { metadata } of items)
        await cluster.client.patch(NODES, metadata, MERGE, { spec: { unschedulable: true } });
      await template(cluster, tier, { hostname: `h${random.integer(100)}` });
    },
  },
  {
    name: 'mount a Secret that there is not',
    cause: 'ContainerNotCreated',
    act: (cluster, tier) => container(cluster, tier, { envFrom: [{ secretRef: { name: 'gone' } }] }),
  },
  {
    name: 'use a ServiceAccount that there is not',
    cause: 'PodsNotMade',
    act: (cluster, tier) => template(cluster, tier, { serviceAccountName: 'nobody' }),
  },
  {
    name: 'wait for a readiness gate',
    cause: 'PodsNotReady',
    act: (cluster, tier) => template(cluster, tier, { readinessGates: [{ conditionType: 'example.com/go' }] }),
  },
  {
    name: 'wait for an init container',
    cause: 'PodsStarting',
    act: (cluster, tier) =>
      template(cluster, tier, { initContainers: [{ name: 'wait', image: 'busybox', command: ['sleep', '10d'] }] }),
  },
  {
    name: 'let nobody in',
    cause: 'NetworkPolicyDenies',
    act: (cluster, tier) => policy(cluster, { podSelector: podSelector(tier) }),
  },
  {
    name: 'let others in',
    cause: 'NetworkPolicyDenies',
    act: (cluster, tier, random) =>
      policy(cluster, {
        podSelector: podSelector(tier),
        ingress: [{ from: [{ podSelector: { matchLabels: { app: misspelt('client', random) } } }] }],
      }),
  },
  {
    name: 'let clients in to another port',
    cause: 'NetworkPolicyDenies',
    act: (cluster, tier, random) =>
      policy(cluster, { podSelector: podSelector(tier), ingress: [{ ports: [{ port: odd(random) }] }] }),
  },
  {
    name: 'let clients in',
    cause: '',
    act: (cluster, tier) =>
      policy(cluster, {
        podSelector: podSelector(tier),
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: tier.targetPort }] }],
      }),
  },
  {
    name: 'let the client out to the tiers only',
    cause: 'PolicyDeniesDns',
    act: (cluster) =>
      policy(cluster, {
        podSelector: { matchLabels: { app: 'client' } },
        policyTypes: ['Egress'],
        egress: [{ to: [{ podSelector: { matchLabels: { app: 'shop' } } }] }],
      }),
  },
  {
    name: 'let nobody in to the DNS',
    cause: 'PolicyDeniesDns',
    act: (cluster) => policy(cluster, { podSelector: {} }, 'kube-system'),
  },
  {
    name: 'scale the DNS to zero',
    cause: 'DnsDown',
    act: (cluster) => deployment(cluster, 'coredns', { replicas: 0 }, 'kube-system'),
  },
  {
    name: 'misspell the selector of the DNS',
    cause: 'DnsDown',
    act: (cluster, _tier, random) =>
      cluster.client.patch(SERVICES, { namespace: 'kube-system', name: 'kube-dns' }, MERGE, {
        spec: { selector: { 'k8s-app': misspelt('kube-dns', random) } },
      }),
  },
];
