import { describe, expect, it } from 'vitest';
import { chooseEndpoints, type Entrance } from './choose-endpoint.ts';
import type { Endpoint } from './slice-endpoints.ts';

type State = 'ready' | 'unready' | 'leaving' | 'gone';

/** `ready@1` on node-1, with hints as `ready@1 zone=a,b node=1`. */
function endpoint(text: string, index: number): Endpoint {
  const [place = '', ...hints] = text.split(' ');
  const [state, node] = place.split('@') as [State, string];
  const hint = (kind: string): string[] | undefined =>
    hints
      .find((one) => one.startsWith(`${kind}=`))
      ?.slice(kind.length + 1)
      .split(',');
  return {
    address: `10.244.${node}.${index}`,
    port: 80,
    key: text,
    ready: state === 'ready',
    serving: state === 'ready' || state === 'leaving',
    terminating: state === 'leaving' || state === 'gone',
    node: `node-${node}`,
    zoneHints: hint('zone'),
    nodeHints: hint('node')?.map((name) => `node-${name}`),
    target: undefined,
  };
}

const LOCAL = { internalLocal: true, externalLocal: true };
const CLUSTER = { internalLocal: false, externalLocal: false };

describe('chooseEndpoints on node-1 in zone a', () => {
  it.each<[string, typeof LOCAL, Entrance, string[], string, string[]]>([
    ['1 without endpoints', CLUSTER, 'internal', [], 'refuse', []],
    ['1 with unready ones only', CLUSTER, 'internal', ['unready@1'], 'refuse', []],
    ['1 with terminating ones that serve no more', CLUSTER, 'internal', ['gone@1'], 'refuse', []],
    ['1 before policy Local', LOCAL, 'internal', ['unready@2'], 'refuse', []],
    ['2 Local, own ready', LOCAL, 'internal', ['ready@1', 'ready@2', 'leaving@1'], 'endpoints', ['ready@1']],
    ['2 Local, own leaving', LOCAL, 'internal', ['ready@2', 'leaving@1'], 'endpoints', ['leaving@1']],
    ['2 Local, none own', LOCAL, 'internal', ['ready@2'], 'drop', []],
    ['2 Local, own unready', LOCAL, 'internal', ['ready@2', 'unready@1'], 'drop', []],
    ['2 external Local', LOCAL, 'external', ['ready@2'], 'drop', []],
    [
      '2 external Local does not bind cluster IPs',
      { ...CLUSTER, externalLocal: true },
      'internal',
      ['ready@2'],
      'endpoints',
      ['ready@2'],
    ],
    [
      '2 internal Local does not bind the outside',
      { ...CLUSTER, internalLocal: true },
      'external',
      ['ready@2'],
      'endpoints',
      ['ready@2'],
    ],
    ['2 external Local short-circuited', LOCAL, 'short-circuit', ['ready@2'], 'endpoints', ['ready@2']],
    [
      '2 Local knows no hints',
      LOCAL,
      'internal',
      ['ready@1 zone=b', 'ready@2 zone=a'],
      'endpoints',
      ['ready@1 zone=b'],
    ],
    [
      '3 the ready ones',
      CLUSTER,
      'internal',
      ['ready@1', 'unready@1', 'ready@2', 'leaving@2'],
      'endpoints',
      ['ready@1', 'ready@2'],
    ],
    ['3a node hints', CLUSTER, 'internal', ['ready@1 node=1', 'ready@2 node=2'], 'endpoints', ['ready@1 node=1']],
    ['3a none for this node', CLUSTER, 'internal', ['ready@2 node=2'], 'endpoints', ['ready@2 node=2']],
    [
      '3a one without a node hint',
      CLUSTER,
      'internal',
      ['ready@1 node=1', 'ready@2'],
      'endpoints',
      ['ready@1 node=1', 'ready@2'],
    ],
    [
      '3a before 3b',
      CLUSTER,
      'internal',
      ['ready@1 node=1 zone=b', 'ready@2 node=2 zone=a'],
      'endpoints',
      ['ready@1 node=1 zone=b'],
    ],
    ['3b zone hints', CLUSTER, 'internal', ['ready@1 zone=b', 'ready@2 zone=a,b'], 'endpoints', ['ready@2 zone=a,b']],
    ['3b none for this zone', CLUSTER, 'internal', ['ready@1 zone=b'], 'endpoints', ['ready@1 zone=b']],
    [
      '3b hints of unready ones do not count',
      CLUSTER,
      'internal',
      ['ready@1 zone=a', 'unready@2'],
      'endpoints',
      ['ready@1 zone=a'],
    ],
    ['4 leaving as fall-back', CLUSTER, 'internal', ['leaving@1', 'unready@2', 'gone@1'], 'endpoints', ['leaving@1']],
  ])('rule %s', (_, policy, entrance, texts, outcome, candidates) => {
    const choice = chooseEndpoints(policy, texts.map(endpoint), { name: 'node-1', zone: 'a' }, entrance);
    expect({ outcome: choice.outcome, candidates: choice.candidates.map(({ key }) => key) }).toEqual({
      outcome,
      candidates,
    });
    expect(choice.reason).not.toBe('');
  });

  it('ignores zone hints on a node without a zone', () => {
    const endpoints = ['ready@1 zone=a', 'ready@2 zone=b'].map(endpoint);
    expect(chooseEndpoints(CLUSTER, endpoints, { name: 'node-1', zone: undefined }, 'internal').candidates).toEqual(
      endpoints,
    );
  });
});
