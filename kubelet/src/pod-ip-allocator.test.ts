import { expect, it } from 'vitest';
import { PodIpAllocator } from './pod-ip-allocator.ts';

it('gives each address in turn, a freed one last, and none when all are taken', () => {
  const allocator = new PodIpAllocator('10.244.3.0/29');
  const taken = Array.from({ length: 5 }, () => allocator.allocate());
  expect(taken).toEqual(['10.244.3.2', '10.244.3.3', '10.244.3.4', '10.244.3.5', '10.244.3.6']);
  expect(allocator.allocate()).toBeUndefined();
  allocator.release('10.244.3.4');
  expect(allocator.allocate()).toBe('10.244.3.4');
});

it('does not give a freed address again at once', () => {
  const allocator = new PodIpAllocator('10.244.0.0/24');
  const first = allocator.allocate()!;
  allocator.release(first);
  expect(allocator.allocate()).toBe('10.244.0.3');
});

it.each(['10.244.0.0', '10.244.0.0/31', 'fd00::/64', 'x/24'])('refuses %s', (text) => {
  expect(() => new PodIpAllocator(text)).toThrow(`podCIDR ${text} is not an IPv4 range`);
});
