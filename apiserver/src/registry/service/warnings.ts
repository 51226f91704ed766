import type { Service } from '@kubarium/shared';
import { cidrWarnings } from '../validation/cidr.ts';
import { ipWarnings } from '../validation/ip.ts';
import { isHeadless } from './needs.ts';

const HINTS = 'service.kubernetes.io/topology-aware-hints';

/** What the API server warns of when a Service is written. */
export function serviceWarnings(service: Service): string[] {
  const { spec, metadata } = service;
  const warnings: string[] = [];
  const warnIf = (condition: unknown, text: string): void => {
    if (condition) warnings.push(text);
  };
  warnIf(
    metadata.annotations?.[HINTS] !== undefined,
    `annotation ${HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`,
  );
  const hasExternalIPs = (spec.externalIPs ?? []).length > 0;
  if (spec.type === 'ClusterIP' && isHeadless(service)) {
    warnIf(spec.loadBalancerIP, 'spec.loadBalancerIP is ignored for headless services');
    warnIf(hasExternalIPs, 'spec.externalIPs is ignored for headless services');
    warnIf(spec.sessionAffinity !== 'None', 'spec.SessionAffinity is ignored for headless services');
  }
  for (const [index, ip] of (isHeadless(service) ? [] : (spec.clusterIPs ?? [])).entries()) {
    warnings.push(...ipWarnings(ip, `spec.clusterIPs[${index}]`));
  }
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) {
    warnings.push(...ipWarnings(ip, `spec.externalIPs[${index}]`));
  }
  if (spec.loadBalancerIP) warnings.push(...ipWarnings(spec.loadBalancerIP, 'spec.loadBalancerIP'));
  for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    warnings.push(...cidrWarnings(range, `spec.loadBalancerSourceRanges[${index}]`));
  }
  if (spec.type === 'ExternalName') {
    warnIf(hasExternalIPs, 'spec.externalIPs is ignored when spec.type is "ExternalName"');
  } else {
    warnIf(spec.externalName, 'spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  warnIf(
    spec.trafficDistribution === 'PreferClose',
    'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
  );
  return warnings;
}
