import type { Pod, PodStatus } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { defaultPod } from './defaults.ts';
import { validatePodStatusChange } from './validation-status.ts';

const container = (state: object): object => ({
  name: 'c',
  image: 'x',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
});
const ended = (exitCode: number): object => ({ containerStatuses: [container({ terminated: { exitCode } })] });
const running = { containerStatuses: [container({ running: {} })] };

const pod = (status: object, restartPolicy = 'Never'): Pod =>
  ({
    metadata: { name: 'p' },
    spec: { nodeName: 'n', restartPolicy, containers: [{ name: 'c', image: 'x' }] },
    status: { phase: 'Running', qosClass: 'BestEffort', ...status },
  }) as unknown as Pod;

const revived = 'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state';

it.each<[string, Pod, Pod, string[]]>([
  ['no change', pod({}), pod({}), []],
  [
    'another class',
    pod({ qosClass: 'Guaranteed' }),
    pod({}),
    ['status.qosClass: Invalid value: "Guaranteed": field is immutable'],
  ],
  [
    'no address',
    pod({ podIPs: [{ ip: 'x' }] }),
    pod({}),
    ['status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    'two addresses of a family',
    pod({ podIPs: [{ ip: '1.1.1.1' }, { ip: '1.1.1.2' }] }),
    pod({}),
    [
      'status.podIPs: Invalid value: [{"IP":"1.1.1.1"},{"IP":"1.1.1.2"}]: may specify no more than one IP for each IP family',
    ],
  ],
  ['addresses of both families', pod({ podIPs: [{ ip: '1.1.1.1' }, { ip: 'fd00::1' }] }), pod({}), []],
  [
    'a nomination after binding',
    pod({ nominatedNodeName: 'q' }),
    pod({}),
    ['status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node'],
  ],
  [
    'a negative generation',
    pod({ observedGeneration: -1 }),
    pod({}),
    ['status.observedGeneration: Invalid value: -1: must be a non-negative integer'],
  ],
  ['a container back from the dead', pod(running), pod(ended(0)), [revived]],
  ['a container restarted by policy', pod(running, 'Always'), pod(ended(0), 'Always'), []],
  ['a failed container tried again', pod(running, 'OnFailure'), pod(ended(1), 'OnFailure'), []],
  ['a finished container tried again', pod(running, 'OnFailure'), pod(ended(0), 'OnFailure'), [revived]],
])('judges a status with %s', (_case, draft, old, errors) => {
  expect(validatePodStatusChange(draft, old).map(({ field, message }) => `${field}: ${message}`)).toEqual(errors);
});

it.each<[PodStatus, PodStatus]>([
  [{ podIP: '1.1.1.1' }, { podIP: '1.1.1.1', podIPs: [{ ip: '1.1.1.1' }] }],
  [{ podIPs: [{ ip: '1.1.1.1' }] }, { podIP: '1.1.1.1', podIPs: [{ ip: '1.1.1.1' }] }],
  [
    { podIP: '1.1.1.1', podIPs: [{ ip: '2.2.2.2' }] },
    { podIP: '1.1.1.1', podIPs: [{ ip: '1.1.1.1' }] },
  ],
])('keeps the two fields of the address the same: %j', (given, expected) => {
  const draft = pod(given);
  defaultPod(draft);
  expect(draft.status).toMatchObject(expected);
});
