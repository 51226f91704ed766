import type { NetworkPolicy } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { compiledPolicy, type PolicyEnd, type PolicyPod } from './compiled-policy.ts';
import { policyVerdict } from './policy-verdict.ts';

/** `default/web app=web` on a node; its port 8080 is called http. */
function pod(text: string, address: string, node = 'node-1'): PolicyEnd & { pod: PolicyPod } {
  const [path = '', ...pairs] = text.split(' ');
  const [namespace = '', name = ''] = path.split('/');
  const labels = Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
  return {
    address,
    pod: {
      namespace,
      name,
      node,
      labels,
      namespaceLabels: { 'kubernetes.io/metadata.name': namespace, team: namespace === 'default' ? 'a' : 'b' },
      portNumber: (port, protocol) => (port === 'http' && protocol === 'TCP' ? 8080 : undefined),
    },
  };
}

const web = pod('default/web app=web', '10.244.1.2');
const db = pod('default/db app=db', '10.244.1.3');
const other = pod('other/web app=web', '10.244.2.2', 'node-2');
const outside: PolicyEnd = { address: '192.0.2.7', node: 'outside' };
const node1: PolicyEnd = { address: '172.18.0.3', node: 'node-1' };
const node2: PolicyEnd = { address: '172.18.0.4', node: 'node-2' };

const policy = (spec: NetworkPolicy['spec'], name = 'p', namespace = 'default'): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace } as never,
  spec,
});
const onDb = (spec: NetworkPolicy['spec'], name?: string) =>
  policy({ podSelector: { matchLabels: { app: 'db' } }, ...spec }, name);

function ask(
  policies: readonly NetworkPolicy[],
  source: PolicyEnd,
  destination: PolicyEnd,
  port = 8080,
  protocol = 'TCP',
) {
  const compiled = policies.map(compiledPolicy);
  return policyVerdict({ protocol, source, destination, port }, (of) => compiled.filter((one) => one.selects(of)));
}

describe('policyVerdict', () => {
  const from = (...peers: object[]) => [onDb({ ingress: [{ from: peers }] })];
  const rows: [string, NetworkPolicy[], PolicyEnd, PolicyEnd, number, boolean][] = [
    ['no policy', [], web, db, 80, true],
    ['a policy that selects other pods', [policy({ podSelector: { matchLabels: { app: 'x' } } })], web, db, 80, true],
    ['a policy of another namespace', [policy({ podSelector: {} }, 'p', 'other')], web, db, 80, true],
    ['default deny of ingress', [policy({ podSelector: {} })], web, db, 80, false],
    ['default deny of ingress, from outside', [policy({ podSelector: {} })], outside, db, 80, false],
    ['default deny of ingress, from the own node', [policy({ podSelector: {} })], node1, db, 80, true],
    ['default deny of ingress, from another node', [policy({ podSelector: {} })], node2, db, 80, false],
    ['default deny of ingress, egress of the pod', [policy({ podSelector: {} })], db, other, 80, true],
    ['default deny of ingress, to itself', [policy({ podSelector: {} })], db, db, 80, true],
    ['default deny of egress', [policy({ podSelector: {}, policyTypes: ['Egress'] })], db, other, 80, false],
    ['default deny of egress, ingress', [policy({ podSelector: {}, policyTypes: ['Egress'] })], other, db, 80, true],
    [
      'default deny of egress, to the own node',
      [policy({ podSelector: {}, policyTypes: ['Egress'] })],
      db,
      node1,
      80,
      true,
    ],
    ['an empty rule allows all', [onDb({ ingress: [{}] })], outside, db, 80, true],
    ['rules of both directions without policyTypes', [onDb({ egress: [{}] })], web, db, 80, false],
    ['an empty list of egress rules does not make it an egress policy', [onDb({ egress: [] })], db, web, 80, true],
    ['peer by pod labels', from({ podSelector: { matchLabels: { app: 'web' } } }), web, db, 80, true],
    [
      'peer by pod labels, in another namespace',
      from({ podSelector: { matchLabels: { app: 'web' } } }),
      other,
      db,
      80,
      false,
    ],
    ['peer by namespace', from({ namespaceSelector: { matchLabels: { team: 'b' } } }), other, db, 80, true],
    [
      'peer by namespace, own one not meant',
      from({ namespaceSelector: { matchLabels: { team: 'b' } } }),
      web,
      db,
      80,
      false,
    ],
    [
      'peer by both',
      from({ namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' } } }),
      other,
      db,
      80,
      true,
    ],
    [
      'peer by both, one missing',
      from({ namespaceSelector: {}, podSelector: { matchLabels: { app: 'x' } } }),
      other,
      db,
      80,
      false,
    ],
    [
      'one of two peers',
      from({ podSelector: { matchLabels: { app: 'x' } } }, { namespaceSelector: {} }),
      other,
      db,
      80,
      true,
    ],
    [
      'an expression',
      from({ podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['db'] }] } }),
      web,
      db,
      80,
      true,
    ],
    ['a selector and an outsider', from({ namespaceSelector: {} }), outside, db, 80, false],
    ['a block', from({ ipBlock: { cidr: '192.0.2.0/24' } }), outside, db, 80, true],
    [
      'a block, excepted',
      from({ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.0/29'] } }),
      outside,
      db,
      80,
      false,
    ],
    ['a block that a pod is of', from({ ipBlock: { cidr: '10.244.0.0/16' } }), other, db, 80, true],
    ['a block with leading zeros', from({ ipBlock: { cidr: '192.000.2.0/024' } }), outside, db, 80, true],
    ['a block of IPv6', from({ ipBlock: { cidr: 'fd00::/8' } }), web, db, 80, false],
    ['a port', [onDb({ ingress: [{ ports: [{ port: 80 }] }] })], web, db, 80, true],
    ['another port', [onDb({ ingress: [{ ports: [{ port: 80 }] }] })], web, db, 81, false],
    [
      'a port of another protocol',
      [onDb({ ingress: [{ ports: [{ port: 80, protocol: 'UDP' }] }] })],
      web,
      db,
      80,
      false,
    ],
    ['a protocol without a port', [onDb({ ingress: [{ ports: [{ protocol: 'TCP' }] }] })], web, db, 9, true],
    ['a named port', [onDb({ ingress: [{ ports: [{ port: 'http' }] }] })], web, db, 8080, true],
    ['a named port of another number', [onDb({ ingress: [{ ports: [{ port: 'http' }] }] })], web, db, 80, false],
    ['a named port of an outsider', [onDb({ egress: [{ ports: [{ port: 'http' }] }] })], db, outside, 8080, false],
    ['a range, its end', [onDb({ ingress: [{ ports: [{ port: 80, endPort: 90 }] }] })], web, db, 90, true],
    ['a range, past its end', [onDb({ ingress: [{ ports: [{ port: 80, endPort: 90 }] }] })], web, db, 91, false],
    [
      'peer and port of different rules',
      [
        onDb({
          ingress: [
            { from: [{ podSelector: {} }], ports: [{ port: 1 }] },
            { from: [{ podSelector: { matchLabels: { app: 'x' } } }], ports: [{ port: 80 }] },
          ],
        }),
      ],
      web,
      db,
      80,
      false,
    ],
    [
      'two policies add up',
      [policy({ podSelector: {} }, 'deny'), onDb({ ingress: [{ from: [{ podSelector: {} }] }] }, 'allow')],
      web,
      db,
      80,
      true,
    ],
    [
      'egress allowed, ingress denied',
      [onDb({}), policy({ podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: [{}] }, 'e')],
      web,
      db,
      80,
      false,
    ],
  ];
  it.each(rows)('%s', (_, policies, source, destination, port, allowed) => {
    expect(ask(policies, source, destination, port).allowed).toBe(allowed);
  });

  it('names the rule that allowed', () => {
    const policies = [onDb({ ingress: [{ ports: [{ port: 1 }] }, { from: [{ podSelector: {} }] }] }, 'allow')];
    expect(ask(policies, web, db).reason).toBe('ingress allowed by policy default/allow, rule ingress[1]');
  });

  it('names the policy and the nearest rule where it denies', () => {
    const policies = [
      policy({ podSelector: {} }, 'default-deny'),
      onDb(
        { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'backend' } } }], ports: [{ port: 5432 }] }] },
        'allow',
      ),
      onDb(
        { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'bckend' } } }], ports: [{ port: 8080 }] }] },
        'near',
      ),
    ];
    const verdict = ask(policies, web, db);
    expect(verdict.reason).toBe(
      'ingress of pod default/db is denied by policies default/default-deny, default/allow, default/near; nearest is ' +
        'default/near ingress[0]: it allows pods app=bckend of namespace default: the pod has not app=bckend (it has app=web)',
    );
    expect(verdict.directions.at(-1)!.misses.map(({ policy: name }) => name)).toEqual([
      'default/near',
      'default/allow',
      'default/default-deny',
    ]);
  });

  it('says what a port should have been', () => {
    const policies = [onDb({ ingress: [{ ports: [{ port: 5432 }, { port: 'http' }] }] })];
    expect(ask(policies, web, db, 80).reason).toMatch(/it allows 5432\/TCP, http\/TCP, and port 80\/TCP is asked$/);
  });

  it('says that a policy denies all', () => {
    expect(ask([policy({ podSelector: {} }, 'deny')], web, db).reason).toBe(
      'ingress of pod default/db is denied by policy default/deny: it allows no ingress at all',
    );
  });
});
