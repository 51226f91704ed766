import { makePod } from '@kubarium/shared/testing';
import { describe, expect, it } from 'vitest';
import {
  isBlocking,
  type OwnerState,
  verdict,
  type Verdict,
  withoutBlocking,
  withoutFinalizer,
  withoutOwners,
} from './reconcile.ts';

const reference = (uid: string, blockOwnerDeletion?: boolean) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  name: uid,
  uid,
  ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
});
const owner = (state: OwnerState, uid: string = state) => ({ reference: reference(uid), state });

describe('verdict', () => {
  it.each<[string, OwnerState[], string[], boolean, Verdict]>([
    ['keeps what has a living owner', ['solid'], [], false, { kind: 'keep' }],
    ['keeps what has no owner', [], [], false, { kind: 'keep' }],
    [
      'releases it from an owner that is gone',
      ['solid', 'absent'],
      [],
      false,
      { kind: 'release', uids: new Set(['absent']) },
    ],
    [
      'releases it from an owner that waits',
      ['solid', 'waiting'],
      [],
      false,
      { kind: 'release', uids: new Set(['waiting']) },
    ],
    ['deletes what no owner keeps', ['absent'], [], false, { kind: 'delete', propagationPolicy: 'Background' }],
    [
      'deletes a leaf that its owner waits for',
      ['waiting'],
      [],
      false,
      { kind: 'delete', propagationPolicy: 'Background' },
    ],
    [
      'deletes a branch that its owner waits for',
      ['waiting'],
      [],
      true,
      { kind: 'delete', propagationPolicy: 'Foreground' },
    ],
    ['orphans where the object says so', ['absent'], ['orphan'], true, { kind: 'delete', propagationPolicy: 'Orphan' }],
    [
      'goes foreground where it says so',
      ['absent'],
      ['foregroundDeletion'],
      true,
      { kind: 'delete', propagationPolicy: 'Foreground' },
    ],
  ])('%s', (_title, states, finalizers, hasDependents, expected) => {
    const object = makePod({ metadata: { finalizers } });
    const owners = states.map((state) => owner(state));
    expect(verdict(object, owners, hasDependents)).toEqual(expected);
  });
});

it('counts a dependent as blocking for the owner that it names so, only', () => {
  const pod = makePod({ metadata: { ownerReferences: [reference('a', true), reference('b')] } });
  expect(['a', 'b', 'c'].map((uid) => isBlocking(pod, uid))).toEqual([true, false, false]);
});

it('takes away references and finalizers only from the version that it has seen', () => {
  const pod = makePod({
    metadata: { resourceVersion: '7', finalizers: ['x', 'orphan'], ownerReferences: [reference('a'), reference('b')] },
  });
  expect(withoutOwners(pod, new Set(['a']))).toEqual({
    metadata: { resourceVersion: '7', ownerReferences: [reference('b')] },
  });
  expect(withoutBlocking(pod)).toEqual({
    metadata: { resourceVersion: '7', ownerReferences: [reference('a', false), reference('b', false)] },
  });
  expect(withoutFinalizer(pod, 'orphan')).toEqual({ metadata: { resourceVersion: '7', finalizers: ['x'] } });
});
