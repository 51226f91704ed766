import type { Service } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { loadBalancerAddress } from './address.ts';

const service = (name: string, loadBalancerIP?: string): Service =>
  ({ metadata: { namespace: 'default', name }, spec: { type: 'LoadBalancer', loadBalancerIP } }) as Service;
const free = (): boolean => false;

describe('loadBalancerAddress', () => {
  it('is the same for the same name, and another for another', () => {
    const web = loadBalancerAddress(service('web'), free);
    expect(web).toMatch(/^127\.1\.\d+\.\d+$/);
    expect(loadBalancerAddress(service('web'), free)).toBe(web);
    expect(loadBalancerAddress(service('db'), free)).not.toBe(web);
  });

  it('is the next free one where it is taken', () => {
    const web = loadBalancerAddress(service('web'), free)!;
    const next = loadBalancerAddress(service('web'), (address) => address === web)!;
    expect(next).not.toBe(web);
    expect(next).toMatch(/^127\.1\./);
  });

  it.each([
    ['127.5.6.7', '127.5.6.7'],
    ['127.0.0.1', undefined],
    ['192.0.2.1', undefined],
    ['127.5', undefined],
  ])('follows the wish for %s where it is a loopback address: %s', (wish, address) => {
    expect(loadBalancerAddress(service('web', wish), free)).toBe(address ?? loadBalancerAddress(service('web'), free));
  });

  it('is none where all are taken', () => {
    expect(loadBalancerAddress(service('web'), () => true)).toBeUndefined();
  });
});
