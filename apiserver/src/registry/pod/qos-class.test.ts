import type { PodSpec, ResourceRequirements } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { qosClass } from './qos-class.ts';

const full: ResourceRequirements = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1Gi' } };

it.each<[string, ResourceRequirements[], string]>([
  ['nothing', [{}], 'BestEffort'],
  ['zero', [{ requests: { cpu: '0' } }], 'BestEffort'],
  ['another resource only', [{ limits: { 'a.b/c': '1' } }], 'BestEffort'],
  ['a request', [{ requests: { memory: '1Mi' } }], 'Burstable'],
  ['a limit of one resource', [{ limits: { cpu: '1' }, requests: { cpu: '1' } }], 'Burstable'],
  ['requests equal to limits', [full], 'Guaranteed'],
  ['one container without', [full, {}], 'Burstable'],
  ['requests below limits', [{ ...full, requests: { cpu: '1', memory: '1Mi' } }], 'Burstable'],
])('takes a pod with %s for %3$s', (_case, resources, expected) => {
  const containers = resources.map((each, index) => ({ name: `c${index}`, resources: each }));
  expect(qosClass({ containers } as PodSpec)).toBe(expected);
});
