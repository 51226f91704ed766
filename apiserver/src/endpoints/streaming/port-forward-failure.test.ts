import { NetError, type Pod } from '@kubarium/shared';
import { expect, test } from 'vitest';
import { portForwardFailure } from './port-forward-failure.ts';

const pod = { metadata: { name: 'web', uid: 'u-1' } } as Pod;

test.each<[NetError['code'], string]>([
  [
    'ECONNREFUSED',
    'failed to connect to localhost:80 inside namespace "u-1", IPv4: dial tcp4 127.0.0.1:80: connect: connection refused',
  ],
  ['EHOSTUNREACH', 'failed to find sandbox "u-1" in store: not found'],
  ['ETIMEDOUT', 'connect ETIMEDOUT 127.0.0.1:80'],
])('%s is told in the words of a container runtime', (code, why) => {
  expect(portForwardFailure(pod, 80, new NetError(code, 'connect', '127.0.0.1', 80))).toBe(
    `error forwarding port 80 to pod web, uid u-1: ${why}`,
  );
});
