import { seededRandom, type Node, type Pod, type PodSpec } from '@kubarium/shared';
import { makeNode, makePod } from '@kubarium/shared/testing';
import { describe, expect, test } from 'vitest';
import { defaultPlugins } from './default-plugins.ts';
import { failureMessage } from './failure-message.ts';
import { podInfo } from './pod-info.ts';
import { schedulePod } from './schedule-pod.ts';
import { Snapshot } from './snapshot.ts';

interface Case {
  readonly name: string;
  readonly nodes?: readonly Node[];
  readonly placed?: readonly Pod[];
  readonly spec?: Partial<PodSpec>;
  readonly labels?: Record<string, string>;
  /** The node that is chosen, or the message of the failure. */
  readonly expected: string;
}

const requests = (cpu: string, memory = '1Mi'): Partial<PodSpec> => ({
  containers: [{ name: 'main', image: 'x', resources: { requests: { cpu, memory } } }],
});
const hostPort = (port: number, hostIP?: string): Partial<PodSpec> => ({
  containers: [{ name: 'main', image: 'x', ports: [{ containerPort: 80, hostPort: port, hostIP }] }],
});
const on = (node: string, name: string, spec: Partial<PodSpec> = {}, labels: Record<string, string> = {}): Pod =>
  makePod({ metadata: { name, labels }, spec: { ...spec, nodeName: node } });

function namedAffinity(names: string[]): Partial<PodSpec> {
  const matchFields = [{ key: 'metadata.name', operator: 'In' as const, values: names }];
  return {
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } },
    },
  };
}
function preferring(kind: 'podAffinity' | 'podAntiAffinity', app: string): Partial<PodSpec> {
  const podAffinityTerm = { labelSelector: { matchLabels: { app } }, topologyKey: 'kubernetes.io/hostname' };
  return {
    affinity: { [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] } },
  };
}

const one = makeNode({ metadata: { name: 'node-1', labels: { zone: 'a', tier: '3' } } });
const two = makeNode({ metadata: { name: 'node-2', labels: { zone: 'b' } } });
const tainted = makeNode({
  metadata: { name: 'node-2' },
  spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] },
});
const cordoned = makeNode({ metadata: { name: 'node-2' }, spec: { unschedulable: true } });
const all = (count: number, why: string): string => `0/2 nodes are available: ${count} ${why}`;
const NOT_HELPFUL =
  'no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';

const cases: readonly Case[] = [
  { name: 'no nodes', nodes: [], expected: 'no nodes available to schedule pods' },
  { name: 'a cordoned node is left out', nodes: [one, cordoned], expected: 'node-1' },
  { name: 'a tainted node is left out', nodes: [one, tainted], expected: 'node-1' },
  {
    name: 'a taint is tolerated by key and value',
    nodes: [cordoned, { ...tainted, metadata: { ...tainted.metadata, name: 'node-3' } }],
    spec: { tolerations: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] },
    expected: 'node-3',
  },
  {
    name: 'reasons are counted and sorted as texts',
    nodes: [one, cordoned],
    spec: requests('5', '100Gi'),
    expected: `0/2 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 1 node(s) were unschedulable. ${NOT_HELPFUL}`,
  },
  { name: 'nodeSelector', spec: { nodeSelector: { zone: 'b' } }, expected: 'node-2' },
  {
    name: 'a nodeSelector that selects nothing',
    spec: { nodeSelector: { zone: 'c' } },
    expected: `${all(2, "node(s) didn't match Pod's node affinity/selector")}. ${NOT_HELPFUL}`,
  },
  {
    name: 'only the node that affinity names, as for the pods of a DaemonSet',
    nodes: [one, cordoned],
    spec: namedAffinity(['node-1']),
    expected: 'node-1',
  },
  {
    name: 'only named nodes, and none of them can take it',
    nodes: [one, cordoned],
    spec: namedAffinity(['node-2', 'node-9']),
    expected: `0/2 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity], 1 node(s) were unschedulable. ${NOT_HELPFUL}`,
  },
  {
    name: 'preferred pod affinity counts every pod there',
    placed: [
      on('node-1', 'p', {}, { app: 'db' }),
      on('node-2', 'q', {}, { app: 'db' }),
      on('node-2', 'r', {}, { app: 'db' }),
    ],
    spec: preferring('podAffinity', 'db'),
    expected: 'node-2',
  },
  {
    name: 'preferred pod anti-affinity counts every pod there',
    placed: [
      on('node-1', 'p', {}, { app: 'db' }),
      on('node-2', 'q', {}, { app: 'db' }),
      on('node-2', 'r', {}, { app: 'db' }),
    ],
    spec: preferring('podAntiAffinity', 'db'),
    expected: 'node-1',
  },
  {
    name: 'what placed pods would rather have away counts as well',
    placed: [on('node-1', 'p', preferring('podAntiAffinity', 'web'))],
    labels: { app: 'web' },
    expected: 'node-2',
  },
  {
    name: 'required node affinity with Gt',
    spec: affineTo([{ key: 'tier', operator: 'Gt', values: ['2'] }]),
    expected: 'node-1',
  },
  {
    name: 'required node affinity with NotIn',
    spec: affineTo([{ key: 'zone', operator: 'NotIn', values: ['a'] }]),
    expected: 'node-2',
  },
  {
    name: 'what runs leaves too little for now',
    placed: [on('node-1', 'p', requests('3')), on('node-2', 'q', requests('3'))],
    spec: requests('2'),
    expected: `${all(2, 'Insufficient cpu')}. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.`,
  },
  {
    name: 'the emptier node is preferred',
    placed: [on('node-1', 'p', requests('3'))],
    spec: requests('500m'),
    expected: 'node-2',
  },
  {
    name: 'ended pods count for nothing',
    placed: [
      makePod({
        metadata: { name: 'p' },
        spec: { nodeName: 'node-1', ...requests('4') },
        status: { phase: 'Succeeded' },
      }),
    ],
    nodes: [one],
    spec: requests('4'),
    expected: 'node-1',
  },
  {
    name: 'no place for one more pod',
    nodes: [makeNode({ status: { allocatable: { cpu: '4', memory: '8Gi', pods: '1' } } }), cordoned],
    placed: [on('node-1', 'p')],
    expected:
      '0/2 nodes are available: 1 Too many pods, 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
  },
  { name: 'a free host port', placed: [on('node-1', 'p', hostPort(8080))], spec: hostPort(8080), expected: 'node-2' },
  {
    name: 'the same host port at two addresses',
    nodes: [one],
    placed: [on('node-1', 'p', hostPort(8080, '127.0.0.1'))],
    spec: hostPort(8080, '127.0.0.2'),
    expected: 'node-1',
  },
  {
    name: 'a taken host port',
    placed: [on('node-1', 'p', hostPort(8080)), on('node-2', 'q', hostPort(8080, '127.0.0.1'))],
    spec: hostPort(8080),
    expected: `${all(2, "node(s) didn't have free ports for the requested pod ports")}. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.`,
  },
  {
    name: 'pod affinity goes where the others are',
    placed: [on('node-2', 'p', {}, { app: 'db' })],
    spec: {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'db' } } },
          ],
        },
      },
    },
    expected: 'node-2',
  },
  {
    name: 'pod affinity to nobody',
    spec: {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'db' } } },
          ],
        },
      },
    },
    expected: `${all(2, "node(s) didn't match pod affinity rules")}. ${NOT_HELPFUL}`,
  },
  {
    name: 'anti-affinity keeps away',
    placed: [on('node-1', 'p', {}, { app: 'db' })],
    spec: {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'db' } } },
          ],
        },
      },
    },
    expected: 'node-2',
  },
  {
    name: 'anti-affinity of those who are there',
    nodes: [one],
    placed: [
      on('node-1', 'p', {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } },
            ],
          },
        },
      }),
    ],
    labels: { app: 'web' },
    expected:
      "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
  },
  {
    name: 'a hard spread constraint',
    placed: [on('node-1', 'p', {}, { app: 'web' })],
    labels: { app: 'web' },
    spec: {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'web' } },
        },
      ],
    },
    expected: 'node-2',
  },
  {
    name: 'a spread constraint over a label that nodes lack',
    spec: {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} },
      ],
    },
    expected: `${all(2, "node(s) didn't match pod topology spread constraints (missing required label)")}. ${NOT_HELPFUL}`,
  },
];

function affineTo(
  matchExpressions: { key: string; operator: 'In' | 'NotIn' | 'Gt'; values: string[] }[],
): Partial<PodSpec> {
  return {
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
    },
  };
}

describe('schedulePod', () => {
  test.each(cases)('$name', ({ nodes = [one, two], placed = [], spec = {}, labels = {}, expected }) => {
    const snapshot = new Snapshot();
    for (const node of nodes) snapshot.setNode(node);
    for (const pod of placed) snapshot.setPod(pod);
    const decision = schedulePod(
      podInfo(makePod({ metadata: { labels }, spec })),
      snapshot,
      defaultPlugins,
      seededRandom(1),
    );
    expect(decision.node ?? failureMessage(decision.verdicts)).toBe(expected);
  });

  test('spreads the replicas of one owner evenly', () => {
    const snapshot = new Snapshot();
    for (let i = 1; i <= 5; i++) snapshot.setNode(makeNode({ metadata: { name: `node-${i}` } }));
    const random = seededRandom(7);
    for (let i = 0; i < 50; i++) {
      const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'r', controller: true }];
      const info = podInfo(makePod({ metadata: { name: `p-${i}`, ownerReferences } }));
      const decision = schedulePod(info, snapshot, defaultPlugins, random);
      snapshot.place(info, decision.node ?? '');
    }
    expect([...snapshot.nodes.values()].map((node) => node.pods.size)).toEqual([10, 10, 10, 10, 10]);
  });
});
