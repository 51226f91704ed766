import type { Ingress, IngressRule } from '@kubarium/shared';
import { age } from '../printing/age.ts';

const HOSTS_SHOWN = 3;

/** The columns of `kubectl get ingresses`. */
export function ingressTableCells({ metadata, spec, status }: Ingress, nowMs: number): unknown[] {
  const { ingress = [] } = status.loadBalancer ?? {};
  const addresses = new Set(ingress.map(({ ip, hostname }) => ip || hostname || '').filter((text) => text !== ''));
  return [
    metadata.name,
    spec.ingressClassName ?? '<none>',
    hostsText(spec.rules ?? []),
    [...addresses].toSorted().join(','),
    (spec.tls ?? []).length > 0 ? '80, 443' : '80',
    age(metadata.creationTimestamp, nowMs),
  ];
}

/** The first three hosts; more is said once a rule comes after the third of them. */
function hostsText(rules: readonly IngressRule[]): string {
  const hosts: string[] = [];
  let hasMore = false;
  for (const { host } of rules) {
    if (hosts.length === HOSTS_SHOWN) hasMore = true;
    else if (host) hosts.push(host);
  }
  if (hosts.length === 0) return '*';
  return hasMore ? `${hosts.join(',')} + ${rules.length - HOSTS_SHOWN} more...` : hosts.join(',');
}
