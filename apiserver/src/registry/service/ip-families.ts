import type { Service } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalid } from '../validation/field-error.ts';
import { isHeadless, needsClusterIP } from './needs.ts';

/**
 * A Service's IP families and the policy for them. Simplified: this cluster has IPv4 Services only, as a real one has by default;
 * what would need two families is refused with the real server's words.
 */

/** Lets `clusterIPs` follow `clusterIP`, which older clients alone know, and the other way round where one was changed. */
export function normalizeClusterIPs({ spec }: Service, old: Service | undefined): void {
  if (old === undefined) {
    if (spec.clusterIP && (spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const before = old.spec;
  if (
    (before.clusterIPs ?? []).length > 0 &&
    (spec.clusterIPs ?? []).length === 0 &&
    before.clusterIP === spec.clusterIP
  ) {
    spec.clusterIPs = [...before.clusterIPs!];
  }
  if (before.clusterIP === spec.clusterIP || !deepEqual(before.clusterIPs, spec.clusterIPs)) return;
  if (before.clusterIP && !spec.clusterIP) delete spec.clusterIPs;
  else if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
}

/** Fills policy and families. */
export function fillFamilies(draft: Service, old: Service | undefined): void {
  const { spec } = draft;
  if (!needsClusterIP(draft)) return;
  const headlessWithoutSelector = isHeadless(draft) && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= old?.spec.ipFamilyPolicy ?? (headlessWithoutSelector ? 'RequireDualStack' : 'SingleStack');
  if ((spec.ipFamilies ?? []).length === 0) {
    const given = (spec.clusterIPs ?? []).filter((ip) => ip !== 'None');
    spec.ipFamilies = given.length > 0 ? given.map(familyOf) : ['IPv4'];
  }
  if (headlessWithoutSelector && spec.ipFamilyPolicy !== 'SingleStack' && spec.ipFamilies?.length === 1) {
    spec.ipFamilies = spec.ipFamilies[0] === 'IPv4' ? ['IPv4', 'IPv6'] : ['IPv6', 'IPv4'];
  }
}

/** What this cluster cannot give a Service. */
export function familyErrors(draft: Service): FieldError[] {
  const { spec } = draft;
  if (!needsClusterIP(draft)) return [];
  if (isHeadless(draft) && Object.keys(spec.selector ?? {}).length === 0) return [];
  const errors: FieldError[] = [];
  const given = spec.clusterIPs ?? [];
  for (const [index, ip] of given.entries()) {
    if (ip === 'None' || familyOf(ip) === 'IPv4') continue;
    errors.push(invalid(`spec.clusterIPs[${index}]`, given, 'IPv6 is not configured on this cluster'));
  }
  if (errors.length > 0) return errors;
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    errors.push(
      invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'),
    );
  }
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    if (family !== 'IPv4') errors.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  }
  return errors;
}

const familyOf = (ip: string): 'IPv4' | 'IPv6' => (ip.includes(':') ? 'IPv6' : 'IPv4');
