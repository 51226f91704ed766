import type { Endpoint, Node } from '@kubarium/shared';
import { makeNode } from '@kubarium/shared/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Filling } from './fill-slices.ts';
import { shareOutHints, zoneShares, type ZoneShares } from './zone-allocation.ts';

/** `a 4`: a ready node of zone a with four CPUs; `a 4 down`, `a 4 control-plane`. */
function node(text: string, index: number): Node {
  const [zone = '', cpu = '0', more] = text.split(' ');
  return makeNode({
    metadata: {
      name: `n${index}`,
      labels: {
        ...(zone === '-' ? {} : { 'topology.kubernetes.io/zone': zone }),
        ...(more === 'control-plane' ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
      },
    },
    status: { allocatable: { cpu }, conditions: [{ type: 'Ready', status: more === 'down' ? 'False' : 'True' }] },
  });
}

describe('zoneShares', () => {
  it.each<[string, string[], Record<string, number> | undefined]>([
    ['of even zones', ['a 4', 'b 4'], { a: 0.5, b: 0.5 }],
    ['by CPUs, not by nodes', ['a 4', 'a 2', 'b 2'], { a: 0.75, b: 0.25 }],
    [
      'without nodes that are not ready or run the control plane',
      ['a 4', 'b 4', 'b 9 down', '- 2 control-plane'],
      { a: 0.5, b: 0.5 },
    ],
    ['of one zone alone', ['a 4', 'a 4'], undefined],
    ['with a node of no zone', ['a 4', 'b 4', '- 1'], undefined],
    ['with a node of no CPUs', ['a 4', 'b 4', 'b 0'], undefined],
  ])('%s', (_, nodes, shares) => {
    const found = zoneShares(nodes.map(node));
    expect(found && Object.fromEntries(found)).toEqual(shares);
  });
});

const EVEN: ZoneShares = new Map([
  ['a', 0.5],
  ['b', 0.5],
]);
const UNEVEN: ZoneShares = new Map([
  ['a', 2 / 3],
  ['b', 1 / 3],
]);

/** `a`: a ready endpoint of zone a; `a>b`: with a hint for zone b; `a!`: not ready. */
function endpoint(text: string): Endpoint {
  const [place = '', hint] = text.split('>');
  const zone = place.replace('!', '');
  return {
    addresses: [text],
    conditions: { ready: !place.endsWith('!') },
    ...(zone === '-' ? {} : { zone }),
    ...(hint === undefined ? {} : { hints: { forZones: [{ name: hint }] } }),
  };
}
/** `+a b`: a slice that changes anyway. */
const filling = (text: string): Filling => ({
  slice: undefined,
  ports: [],
  endpoints: text.replace('+', '').split(' ').map(endpoint),
  isChanged: text.startsWith('+'),
});
const told = ({ endpoints, isChanged }: Filling): string =>
  (isChanged ? '+' : '') +
  endpoints
    .map(({ zone = '-', conditions, hints }) => {
      const hint = hints?.forZones?.[0]?.name;
      return `${zone}${conditions?.ready === true ? '' : '!'}${hint === undefined ? '' : `>${hint}`}`;
    })
    .join(' ');

describe('shareOutHints', () => {
  it.each<[string, ZoneShares, string[], string[]]>([
    ['hints each endpoint to its own zone where that is fair', EVEN, ['+a b'], ['+a>a b>b']],
    ['lets a zone with too many give to one with too few', EVEN, ['+a a a b'], ['+a>b a>a a>a b>b']],
    ['serves a zone without endpoints', UNEVEN, ['+a a a a a a'], ['+a>b a>b a>a a>a a>a a>a']],
    [
      'bears an overload of a fifth',
      EVEN,
      ['+a a a a a a b b b b b'],
      ['+a>a a>a a>a a>a a>a a>a b>b b>b b>b b>b b>b'],
    ],
    ['leaves what is not ready without hints', EVEN, ['+a b a! a!>a'], ['+a>a b>b a! a!']],
    ['keeps the hints of slices that do not change', EVEN, ['a>b b>a', '+a b'], ['a>b b>a', '+a>a b>b']],
    ['balances new endpoints with those', EVEN, ['a>a a>a', '+a a'], ['a>a a>a', '+a>b a>b']],
    ['renews hints for a zone that is no more', EVEN, ['a>c b>b'], ['+a>a b>b']],
    ['renews hints where one lacks', EVEN, ['a b>b'], ['+a>a b>b']],
    ['renews hints that give a zone too many', EVEN, ['a>a b>a b>a a>a'], ['+a>a b>b b>b a>a']],
  ])('%s', (_, shares, before, after) => {
    const fillings = before.map(filling);
    expect(shareOutHints(fillings, shares)).toBeUndefined();
    expect(fillings.map(told)).toEqual(after);
  });

  it.each<[string, ZoneShares, string]>([
    ['Insufficient Node information: allocatable CPU or zone not specified on one or more nodes', undefined, 'a b'],
    ['Insufficient number of endpoints (1 endpoints, 2 zones)', EVEN, 'a b!'],
    [
      'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (3 endpoints, 3 zones)',
      new Map([
        ['a', 0.8],
        ['b', 0.1],
        ['c', 0.1],
      ]),
      'a b c',
    ],
    ['One or more endpoints do not have a zone specified', EVEN, 'a b a -'],
  ])('says: %s', (why, shares, endpoints) => {
    const fillings = [filling(endpoints)];
    expect(shareOutHints(fillings, shares)).toBe(why);
    expect(fillings.map(told)).toEqual([endpoints]);
  });

  it('hints every ready endpoint to one zone, and comes to rest', () => {
    const slice = fc.array(fc.constantFrom('a', 'b', 'c', 'a!', 'a>b', 'b>c'), { minLength: 1, maxLength: 12 });
    const share = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.array(slice, { minLength: 1, maxLength: 4 }), share, share, share, (slices, ...cpus) => {
        const shares = zoneShares(cpus.map((cpu, index) => node(`${'abc'[index]} ${cpu}`, index)));
        const fillings = slices.map((texts) => filling(texts.join(' ')));
        if (shareOutHints(fillings, shares) !== undefined) return;
        const ready = fillings.flatMap(({ endpoints }) => endpoints).filter(({ conditions }) => conditions?.ready);
        expect(ready.every(({ hints }) => hints?.forZones?.length === 1)).toBe(true);
        // Hints that were kept may be too many beside those that were given: the next sync sees it.
        for (let round = 0; round < slices.length && changesAnything(fillings, shares); round++);
        expect(changesAnything(fillings, shares)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

/** One more sync of slices that nothing else changes. */
function changesAnything(fillings: readonly Filling[], shares: ZoneShares): boolean {
  for (const one of fillings) one.isChanged = false;
  shareOutHints(fillings, shares);
  return fillings.some(({ isChanged }) => isChanged);
}
