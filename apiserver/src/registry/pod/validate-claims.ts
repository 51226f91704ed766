import type { PodResourceClaim, ResourceClaim } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { duplicate, invalid, invalidEach, notFound, required } from '../validation/field-error.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../validation/names.ts';

/** What is wrong with the claims of a pod. */
export function validatePodClaims(claims: readonly PodResourceClaim[], field: string): FieldError[] {
  const names = new Set<string>();
  return claims.flatMap((claim, index) => {
    const at = `${field}[${index}]`;
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    const errors = name ? invalidEach(`${at}.name`, name, dnsLabelErrors(name)) : [required(`${at}.name`)];
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    const whole = {
      Name: name ?? '',
      ResourceClaimName: resourceClaimName ?? null,
      ResourceClaimTemplateName: resourceClaimTemplateName ?? null,
    };
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      const why = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
      errors.push(invalid(at, whole, why));
    }
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      errors.push(invalid(at, whole, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    }
    for (const key of ['resourceClaimName', 'resourceClaimTemplateName'] as const) {
      const value = claim[key];
      if (value !== undefined) errors.push(...invalidEach(`${at}.${key}`, value, dnsSubdomainErrors(value)));
    }
    return errors;
  });
}

/** What is wrong with the claims of a container, which are among those of its pod. */
export function validateContainerClaims(
  claims: readonly ResourceClaim[],
  podClaims: readonly PodResourceClaim[],
  field: string,
): FieldError[] {
  const names = podClaims.map(({ name }) => name);
  const known = names.length === 0 ? ' which is empty' : `: ${names.toSorted().join(', ')}`;
  const whole = new Set<string>();
  const parts = new Set<string>();
  return claims.flatMap(({ name, request = '' }, index) => {
    const at = `${field}[${index}]`;
    if (!name) return [required(at)];
    const isRepeated = whole.has(name) || (request === '' ? parts.has(name) : parts.has(`${name}/${request}`));
    if (request === '') whole.add(name);
    else parts.add(name).add(`${name}/${request}`);
    return [
      ...(isRepeated ? [duplicate(at, name)] : []),
      ...(names.includes(name)
        ? []
        : [notFound(at, name, `must be one of the names in pod.spec.resourceClaims${known}`)]),
    ];
  });
}
