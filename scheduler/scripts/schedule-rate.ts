// Prints how long 1,000 decisions take (filters, scores, placing in the snapshot), for clusters of several sizes.
// node scheduler/scripts/schedule-rate.ts [pods]
import { seededRandom, type Node, type Pod } from '@kubarium/shared';
import { defaultPlugins } from '../src/default-plugins.ts';
import { podInfo } from '../src/pod-info.ts';
import { schedulePod } from '../src/schedule-pod.ts';
import { Snapshot } from '../src/snapshot.ts';

const count = Number(process.argv[2] ?? 1_000);
const node = (name: string): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${name.length % 3}` },
    },
    spec: {},
    status: { allocatable: { cpu: '64', memory: '256Gi', pods: '1100' } },
  }) as unknown as Node;
const pod = (index: number): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'default',
      name: `web-${index}`,
      uid: `${index}`,
      labels: { app: 'web' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web', controller: true }],
    },
    spec: { containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu: '10m', memory: '16Mi' } } }] },
    status: { phase: 'Pending' },
  }) as unknown as Pod;

for (const nodes of [2, 10, 100]) {
  for (let round = 0; round < 3; round++) {
    const snapshot = new Snapshot();
    for (let i = 0; i < nodes; i++) snapshot.setNode(node(`node-${i}`));
    const random = seededRandom(1);
    const start = performance.now();
    for (let i = 0; i < count; i++) {
      const info = podInfo(pod(i));
      const decision = schedulePod(info, snapshot, defaultPlugins, random);
      if (decision.node !== undefined) snapshot.place(info, decision.node);
    }
    if (round === 2) console.log(`${nodes} nodes: ${count} pods in ${(performance.now() - start).toFixed(0)} ms`);
  }
}
