import { makePod } from '@kubarium/shared/testing';
import { expect, test } from 'vitest';
import { podRequests } from './resources.ts';

const container = (name: string, cpu: string, restartPolicy?: string) => ({
  name,
  image: 'x',
  restartPolicy,
  resources: { requests: { cpu } },
});

test.each([
  { name: 'containers add up', containers: ['100m', '200m'], init: [], expected: 300 },
  { name: 'the largest init container counts alone', containers: ['100m'], init: [['500m'], ['300m']], expected: 500 },
  { name: 'sidecars count with the containers', containers: ['100m'], init: [['200m', 'Always']], expected: 300 },
  {
    name: 'an init container counts with the sidecars before it',
    containers: ['100m'],
    init: [['200m', 'Always'], ['400m']],
    expected: 600,
  },
])('$name', ({ containers, init, expected }) => {
  const pod = makePod({
    spec: {
      containers: containers.map((cpu, index) => container(`c${index}`, cpu)),
      initContainers: init.map(([cpu, policy], index) => container(`i${index}`, cpu!, policy)),
    },
  });
  expect(podRequests(pod).get('cpu')).toBe(expected);
});
