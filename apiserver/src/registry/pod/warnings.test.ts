import type { Pod } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { expect, test } from 'vitest';
import { podWarnings } from './warnings.ts';

const podWithPorts = (ports: { containerPort: number; name?: string }[]): Pod =>
  makePod({ spec: { containers: [{ name: 'a', image: 'a', ports }] } });

test('a port given twice is warned of, with where it was given before', () => {
  const ports = [{ containerPort: 80 }, { containerPort: 81 }, { containerPort: 80 }];
  expect(podWarnings(podWithPorts(ports), undefined)).toEqual([
    'spec.containers[0].ports[2]: duplicate port definition with spec.containers[0].ports[0]',
  ]);
});

test('tens of thousands of ports with one number are not all compared with each other', () => {
  const ports = Array.from({ length: 50_000 }, () => ({ containerPort: 80 }));
  expect(podWarnings(podWithPorts(ports), undefined).length).toBeLessThan(3000);
});
