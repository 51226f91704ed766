import type { ContainerState, ContainerStatus, PodSpec } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import { podPhase, shouldRestart } from './restart-policy.ts';

type Policy = 'Always' | 'OnFailure' | 'Never';

it.each<[Policy, number, boolean]>([
  ['Always', 0, true],
  ['Always', 1, true],
  ['OnFailure', 0, false],
  ['OnFailure', 1, true],
  ['Never', 0, false],
  ['Never', 1, false],
])('%s restarts a container that ended with %d: %s', (restartPolicy, exitCode, expected) => {
  const pod = makePod({ spec: { restartPolicy } });
  expect(shouldRestart(pod, pod.spec.containers[0]!, 'main', exitCode)).toBe(expected);
});

it('prefers the rules of a container, then its own policy', () => {
  const pod = makePod({ spec: { restartPolicy: 'Never' } });
  const restartPolicyRules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }];
  expect(shouldRestart(pod, { name: 'x', restartPolicyRules }, 'main', 42)).toBe(true);
  expect(shouldRestart(pod, { name: 'x', restartPolicyRules }, 'main', 1)).toBe(false);
  expect(shouldRestart(pod, { name: 'x', restartPolicy: 'OnFailure' }, 'main', 1)).toBe(true);
});

const running: ContainerState = { running: {} };
const ended = (exitCode: number): ContainerState => ({ terminated: { exitCode } });
const waiting: ContainerState = { waiting: { reason: 'ContainerCreating' } };
const status = (state: ContainerState, lastState: ContainerState = {}): ContainerStatus => ({
  name: 'x',
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
  lastState,
});

it.each<[string, Policy, ContainerStatus[], boolean, string]>([
  ['one that is not started', 'Always', [status(waiting)], false, 'Pending'],
  ['one that runs beside one that is not started', 'Always', [status(running), status(waiting)], false, 'Pending'],
  ['one that runs beside one that crashed', 'Always', [status(running), status(ended(1))], false, 'Running'],
  ['one that waits to be restarted', 'Always', [status(waiting, ended(1))], false, 'Running'],
  ['one that succeeded and is restarted', 'Always', [status(ended(0))], false, 'Running'],
  ['one that failed and is restarted', 'OnFailure', [status(ended(1))], false, 'Running'],
  ['one that succeeded', 'OnFailure', [status(ended(0))], false, 'Succeeded'],
  ['one that failed', 'Never', [status(ended(1))], false, 'Failed'],
  ['one that succeeded and one that failed', 'Never', [status(ended(0)), status(ended(1))], false, 'Failed'],
  ['one that was stopped', 'Always', [status(ended(143))], true, 'Failed'],
  ['one that was stopped and ended well', 'Always', [status(ended(0))], true, 'Succeeded'],
  ['one that never started and never will', 'Always', [status(waiting)], true, 'Failed'],
])('a pod of %s (%s) is in its phase', (_, restartPolicy, statuses, isStopped, phase) => {
  const spec: Partial<PodSpec> = { restartPolicy, containers: statuses.map((_one, index) => ({ name: `c${index}` })) };
  expect(podPhase({ pod: makePod({ spec }), initStatuses: [], statuses, isStopped, isInitialized: true })).toBe(phase);
});

it.each<[string, Policy, ContainerStatus, string]>([
  ['runs', 'Always', status(running), 'Pending'],
  ['failed and is restarted', 'Always', status(ended(1)), 'Pending'],
  ['failed for good', 'Never', status(ended(1)), 'Failed'],
])('a pod whose init container %s is in its phase', (_, restartPolicy, init, phase) => {
  const pod = makePod({ spec: { restartPolicy, initContainers: [{ name: 'i' }] } });
  const statuses = [status(waiting)];
  expect(podPhase({ pod, initStatuses: [init], statuses, isStopped: false, isInitialized: false })).toBe(phase);
});
