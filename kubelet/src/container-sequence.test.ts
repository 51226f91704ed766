import { expect, it } from 'vitest';
import type { ContainerState } from './container-lifecycle.ts';
import { nextInitStep, nextMainStep, type SequencedContainer } from './container-sequence.ts';

const init = (state: ContainerState, exitCode?: number): SequencedContainer => ({
  role: 'init',
  state,
  exitCode,
  isStarted: false,
});
const sidecar = (state: ContainerState, isStarted = false): SequencedContainer => ({
  role: 'sidecar',
  state,
  exitCode: undefined,
  isStarted,
});
const main = (state: ContainerState): SequencedContainer => ({
  role: 'main',
  state,
  exitCode: undefined,
  isStarted: true,
});

it.each<[string, SequencedContainer[], object | undefined]>([
  ['the first', [init('waiting'), init('waiting')], { start: init('waiting') }],
  ['nothing while one runs', [init('running'), init('waiting')], undefined],
  ['nothing while one waits to be restarted', [init('crashBackOff', 1), init('waiting')], undefined],
  ['the next after one that succeeded', [init('done', 0), sidecar('waiting')], { start: sidecar('waiting') }],
  ['nothing while a sidecar starts up', [sidecar('running'), init('waiting')], undefined],
  [
    'the next after a sidecar that has started',
    [sidecar('running', true), init('waiting')],
    { start: init('waiting') },
  ],
  ['the end after one that failed for good', [init('done', 1), init('waiting')], { event: 'ended' }],
  ['the containers after all', [init('done', 0), sidecar('running', true)], { event: 'initialized' }],
  ['the containers at once where there are none', [], { event: 'initialized' }],
])('has due %s', (_, containers, expected) => expect(nextInitStep(containers)).toEqual(expected));

it.each<[string, SequencedContainer[], SequencedContainer[], object | undefined]>([
  ['the first', [main('waiting'), main('waiting')], [], { start: main('waiting') }],
  ['nothing while one is pulled', [main('pulling'), main('waiting')], [], undefined],
  ['the next after one that cannot be pulled', [main('pullBackOff'), main('waiting')], [], { start: main('waiting') }],
  ['one that came later', [main('running')], [main('waiting')], { start: main('waiting') }],
  ['nothing while one runs', [main('running'), main('done')], [], undefined],
  ['the end after all', [main('done'), main('done')], [main('running')], { event: 'ended' }],
])('has due, of the running stage, %s', (_, containers, ephemeral, expected) =>
  expect(nextMainStep(containers, ephemeral)).toEqual(expected),
);
