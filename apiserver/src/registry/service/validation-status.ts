import { isIP } from 'node:net';
import type { Service } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/field-error.ts';
import { ipErrors } from '../validation/ip.ts';
import { dnsSubdomainErrors } from '../validation/names.ts';

const IP_MODES = ['Proxy', 'VIP'];

/** All that is wrong with the change of a Service's status: what its load balancer says of itself. */
export function validateServiceStatusChange({ spec, status }: Service, old: Service): FieldError[] {
  const field = 'status.loadBalancer.ingress';
  const ingress = status.loadBalancer?.ingress ?? [];
  if (ingress.length > 0 && spec.type !== 'LoadBalancer') {
    return [forbidden(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  const before = (old.status.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
  return ingress.flatMap(({ ip, ipMode, hostname }, index) => {
    const at = `${field}[${index}]`;
    const errors = ip ? ipErrors(ip, `${at}.ip`, before) : [];
    if (ipMode === undefined) {
      if (ip) errors.push(required(`${at}.ipMode`, 'must be specified when `ip` is set'));
    } else if (!ip) {
      errors.push(forbidden(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
    } else if (!IP_MODES.includes(ipMode)) {
      errors.push(notSupported(`${at}.ipMode`, ipMode, IP_MODES));
    }
    if (!hostname) return errors;
    errors.push(...invalidEach(`${at}.hostname`, hostname, dnsSubdomainErrors(hostname)));
    return isIP(hostname) === 0
      ? errors
      : [...errors, invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address')];
  });
}
