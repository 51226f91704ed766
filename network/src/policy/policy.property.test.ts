import { ipv4Value, labelSelectorMatches, type Namespace, type NetworkPolicy, type Pod } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PolicyEnd } from './compiled-policy.ts';
import { PolicyIndex } from './policy-index.ts';
import { policyVerdict } from './policy-verdict.ts';

interface World {
  readonly namespaces: Map<string, Namespace>;
  readonly pods: Map<string, Pod>;
  readonly policies: Map<string, NetworkPolicy>;
}

/**
 * A plain model of the rules: it reads the objects themselves, all of them, for every packet. `from` and `to` are names of pods, or
 * addresses of nodes and outsiders.
 */
function allowed(world: World, from: string, to: string, port: number, protocol: string): boolean {
  const [source, destination] = [world.pods.get(from), world.pods.get(to)];
  if (source !== undefined && source === destination) return true;
  if (destination !== undefined && NODES[from] === destination.spec.nodeName) return true;
  if (source !== undefined && NODES[to] === source.spec.nodeName) return true;
  const inBlock = (cidr: string, address: string): boolean => {
    const [base = '', bits = ''] = cidr.split('/');
    const binary = (text: string): string => ipv4Value(text)!.toString(2).padStart(32, '0').slice(0, Number(bits));
    return binary(base) === binary(address);
  };
  const pass = (own: Pod | undefined, type: 'Ingress' | 'Egress', peerName: string): boolean => {
    if (own === undefined) return true;
    const isolating = [...world.policies.values()].filter(({ metadata, spec }) => {
      const types = spec.policyTypes ?? ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];
      return (
        metadata.namespace === own.metadata.namespace &&
        types.includes(type) &&
        labelSelectorMatches(spec.podSelector, own.metadata.labels)
      );
    });
    if (isolating.length === 0) return true;
    const peer = world.pods.get(peerName);
    const address = peer?.status?.podIP ?? peerName;
    for (const { metadata, spec } of isolating) {
      const rules =
        type === 'Ingress'
          ? (spec.ingress ?? []).map((rule) => ({ ...rule, peers: rule.from ?? [] }))
          : (spec.egress ?? []).map((rule) => ({ ...rule, peers: rule.to ?? [] }));
      for (const { peers, ports = [] } of rules) {
        const isPeer = peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
          if (ipBlock !== undefined) {
            return inBlock(ipBlock.cidr, address) && !(ipBlock.except ?? []).some((hole) => inBlock(hole, address));
          }
          if (peer === undefined) return false;
          const { namespace } = peer.metadata;
          const where =
            namespaceSelector === undefined
              ? namespace === metadata.namespace
              : labelSelectorMatches(namespaceSelector, world.namespaces.get(namespace!)?.metadata.labels);
          return where && (podSelector === undefined || labelSelectorMatches(podSelector, peer.metadata.labels));
        });
        const isPort = ports.some((one) => {
          if ((one.protocol ?? 'TCP') !== protocol) return false;
          if (one.port === 'http') return destination !== undefined && port === 8080 && protocol === 'TCP';
          if (typeof one.port !== 'number') return one.port === undefined;
          return port === one.port || (one.endPort !== undefined && port > one.port && port <= one.endPort);
        });
        if ((peers.length === 0 || isPeer) && (ports.length === 0 || isPort)) return true;
      }
    }
    return false;
  };
  return pass(source, 'Egress', to) && pass(destination, 'Ingress', from);
}

const NODES: Readonly<Record<string, string>> = { '172.18.0.3': 'node-1', '172.18.0.4': 'node-2' };
const namespaceName = fc.constantFrom('a', 'b');
const labels = fc.record({ app: fc.constantFrom('x', 'y'), tier: fc.constantFrom('1', '2') }, { requiredKeys: [] });
const selector = fc.oneof(
  fc.constant({}),
  labels.map((matchLabels) => ({ matchLabels })),
  fc.constantFrom('In' as const, 'NotIn' as const).map((operator) => ({
    matchExpressions: [{ key: 'app', operator, values: ['x'] }],
  })),
);
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
  fc.record({
    ipBlock: fc.record(
      {
        cidr: fc.constantFrom('0.0.0.0/0', '10.244.0.0/16', '10.244.1.0/24', '172.18.0.0/29', '192.0.2.0/25'),
        except: fc.subarray(['10.244.1.2/32', '192.0.2.0/30', '172.18.0.4/32']),
      },
      { requiredKeys: ['cidr'] },
    ),
  }),
);
const port = fc.record(
  { protocol: fc.constantFrom('TCP' as const, 'UDP' as const), port: fc.constantFrom(80, 8080, 'http') },
  { requiredKeys: [] },
);
const range = fc
  .record({ port: fc.constantFrom(79, 8000), endPort: fc.constantFrom(81, 8080) })
  .filter((r) => r.port <= r.endPort);
const ports = fc.array(fc.oneof(port, range), { maxLength: 2 });
const peers = fc.array(peer, { maxLength: 2 });
const policy = fc
  .record({
    namespace: namespaceName,
    name: fc.constantFrom('p', 'q'),
    spec: fc.record(
      {
        podSelector: selector,
        ingress: fc.array(fc.record({ from: peers, ports }, { requiredKeys: [] }), { maxLength: 2 }),
        egress: fc.array(fc.record({ to: peers, ports }, { requiredKeys: [] }), { maxLength: 2 }),
        policyTypes: fc.subarray(['Ingress' as const, 'Egress' as const], { minLength: 1 }),
      },
      { requiredKeys: ['podSelector'] },
    ),
  })
  .map(({ namespace, name, spec }): NetworkPolicy => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace, name } as never,
    spec,
  }));
const pod = fc
  .record({ namespace: namespaceName, name: fc.constantFrom('m', 'n'), node: fc.integer({ min: 1, max: 2 }), labels })
  .map(({ namespace, name, node, labels: of }) => {
    const host = 2 * 'ab'.indexOf(namespace) + 'mn'.indexOf(name);
    return makePod({
      metadata: { namespace, name, labels: of as Record<string, string> },
      spec: { nodeName: `node-${node}`, containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }] },
      status: { podIP: `10.244.${node}.${host}` },
    });
  });
const namespace = fc
  .record({ name: namespaceName, labels })
  .map(
    ({ name, labels: of }) =>
      ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: of } }) as unknown as Namespace,
  );
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ policy }) },
  { weight: 3, arbitrary: fc.record({ pod }) },
  fc.record({ namespace }),
  fc.record({ remove: fc.constantFrom('p a/p', 'p a/q', 'p b/p', 'o a/m', 'o b/n') }),
  fc.constant({ ask: true } as const),
);
const end = fc.constantFrom('a/m', 'a/n', 'b/m', 'b/n', '172.18.0.3', '172.18.0.4', '192.0.2.2', '192.0.2.9');
const packet = fc.tuple(end, end, fc.constantFrom(80, 81, 8080), fc.constantFrom('TCP', 'UDP'));

it('decides like the plain model after any history of changes', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 20 }),
      fc.array(packet, { minLength: 8, maxLength: 16 }),
      (steps, packets) => {
        const index = new PolicyIndex();
        const world: World = { namespaces: new Map(), pods: new Map(), policies: new Map() };
        const put = <T extends { metadata: { namespace?: string | undefined; name: string } }>(
          into: Map<string, T>,
          object: T,
          tell: { added?(one: T): void; updated?(one: T, previous: T): void },
        ): void => {
          const { namespace: of, name } = object.metadata;
          const key = of === undefined ? name : `${of}/${name}`;
          const previous = into.get(key);
          into.set(key, object);
          if (previous === undefined) tell.added?.(object);
          else tell.updated?.(object, previous);
        };
        const compare = (): void => {
          const endOf = (name: string): PolicyEnd => {
            const [of = '', called = ''] = name.split('/');
            const known = index.pod(of, called);
            return known === undefined
              ? { address: name, node: NODES[name] ?? 'outside' }
              : { address: known.address!, pod: known };
          };
          for (const [from, to, number, protocol] of packets) {
            // A name without a pod is nobody.
            if ([from, to].some((name) => name.includes('/') && !world.pods.has(name))) continue;
            const traffic = { protocol, source: endOf(from), destination: endOf(to), port: number };
            const verdict = policyVerdict(traffic, index.policiesOf);
            expect(verdict.allowed, `${from} to ${to} ${number}/${protocol}`).toBe(
              allowed(world, from, to, number, protocol),
            );
          }
        };
        for (const one of steps) {
          if ('policy' in one) put(world.policies, one.policy, index.policyChanges);
          else if ('pod' in one) put(world.pods, one.pod, index.podChanges);
          else if ('namespace' in one) put(world.namespaces, one.namespace, index.namespaceChanges);
          else if ('ask' in one) compare();
          else {
            const [kind, key = ''] = one.remove.split(' ');
            const [from, tell] = kind === 'p' ? [world.policies, index.policyChanges] : [world.pods, index.podChanges];
            const object = from.get(key);
            if (object === undefined) continue;
            from.delete(key);
            tell.deleted?.(object as never);
          }
        }
        compare();
        expect(index.isEmpty).toBe(world.policies.size === 0);
      },
    ),
    {
      numRuns: Number(process.env['RUNS'] ?? 300),
      ...(process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) }),
    },
  );
});
