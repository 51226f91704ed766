import { describe, expect, test } from 'vitest';
import type { NodeSelectorRequirement, Pod } from '../api/core-v1.ts';
import { matchesNodeSelectorTerm, selectsNode } from './node-selector.ts';

const node = { name: 'node-1', labels: { zone: 'a', cores: '8' } };

const requirements: readonly [string, NodeSelectorRequirement, boolean][] = [
  ['In with the value', { key: 'zone', operator: 'In', values: ['a', 'b'] }, true],
  ['In without the value', { key: 'zone', operator: 'In', values: ['b'] }, false],
  ['NotIn of a label that is absent', { key: 'disk', operator: 'NotIn', values: ['ssd'] }, true],
  ['Exists', { key: 'zone', operator: 'Exists' }, true],
  ['DoesNotExist of a label that is there', { key: 'zone', operator: 'DoesNotExist' }, false],
  ['Gt below the value', { key: 'cores', operator: 'Gt', values: ['7'] }, true],
  ['Gt of a label that is no number', { key: 'zone', operator: 'Gt', values: ['0'] }, false],
  ['Lt below the value', { key: 'cores', operator: 'Lt', values: ['8'] }, false],
];

describe('a node selector term', () => {
  test.each(requirements)('is held to %s', (_what, requirement, holds) => {
    expect(matchesNodeSelectorTerm({ matchExpressions: [requirement] }, node)).toBe(holds);
  });

  test('knows the name of the node as a field', () => {
    const named = (name: string) => ({
      matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [name] }],
    });
    expect(matchesNodeSelectorTerm(named('node-1'), node)).toBe(true);
    expect(matchesNodeSelectorTerm(named('node-2'), node)).toBe(false);
  });

  test('selects nothing where it asks nothing', () => {
    expect(matchesNodeSelectorTerm({}, node)).toBe(false);
  });
});

describe('a pod', () => {
  const spec = (more: Partial<Pod['spec']>): Pod['spec'] => ({ containers: [], ...more });
  const terms = (...zones: string[]): Partial<Pod['spec']> => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: zones.map((zone) => ({
            matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }],
          })),
        },
      },
    },
  });

  test.each([
    ['that asks nothing', spec({}), true],
    ['whose nodeSelector fits', spec({ nodeSelector: { zone: 'a' } }), true],
    ['whose nodeSelector does not', spec({ nodeSelector: { zone: 'a', disk: 'ssd' } }), false],
    ['one of whose terms fits', spec(terms('b', 'a')), true],
    ['none of whose terms fits', spec(terms('b')), false],
    ['whose selector fits and whose terms do not', spec({ nodeSelector: { zone: 'a' }, ...terms('b') }), false],
  ])('%s allows the node: %#', (_which, podSpec, allowed) => {
    expect(selectsNode(podSpec, node)).toBe(allowed);
  });
});
