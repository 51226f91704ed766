import type { LoadBalancerIngress, Service } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { validateServiceStatusChange } from './validation-status.ts';

const service = (type: 'ClusterIP' | 'LoadBalancer', ingress: LoadBalancerIngress[]): Service =>
  ({ metadata: { name: 's' }, spec: { type }, status: { loadBalancer: { ingress } } }) as unknown as Service;

it.each<[string, Service, string[]]>([
  ['an address', service('LoadBalancer', [{ ip: '1.2.3.4', ipMode: 'VIP' }]), []],
  ['a host', service('LoadBalancer', [{ hostname: 'a.b' }]), []],
  [
    'a Service without a load balancer',
    service('ClusterIP', [{ ip: '1.2.3.4', ipMode: 'VIP' }]),
    ["status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"],
  ],
  [
    'no mode',
    service('LoadBalancer', [{ ip: '1.2.3.4' }]),
    ['status.loadBalancer.ingress[0].ipMode: Required value: must be specified when `ip` is set'],
  ],
  [
    'an address for a host',
    service('LoadBalancer', [{ hostname: '1.2.3.4' }]),
    ['status.loadBalancer.ingress[0].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
  ],
])('judges a status with %s', (_case, draft, errors) => {
  const found = validateServiceStatusChange(draft, service('LoadBalancer', []));
  expect(found.map(({ field, message }) => `${field}: ${message}`)).toEqual(errors);
});
