import type { Node } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { nodeEvents } from './node-events.ts';

const node = (ready: string | undefined, unschedulable?: boolean): Node =>
  ({
    metadata: { name: 'node-1' },
    spec: { unschedulable },
    status: ready === undefined ? {} : { conditions: [{ type: 'Ready', status: ready }] },
  }) as Node;

it.each([
  ['nothing', node('True'), node('True'), []],
  ['that it is ready', node('True'), node('False'), ['NodeReady']],
  ['that it is ready for the first time', node('True'), node(undefined), ['NodeReady']],
  ['nothing where it is not ready any more, which the controller tells', node('Unknown'), node('True'), []],
  ['that it is cordoned', node('True', true), node('True'), ['NodeNotSchedulable']],
  ['that it is uncordoned', node('True'), node('True', true), ['NodeSchedulable']],
  ['nothing where it is said to be schedulable as before', node('True', false), node('True'), []],
])('tells %s', (_, now, previous, reasons) => {
  expect(nodeEvents(now, previous)).toEqual(reasons);
});
