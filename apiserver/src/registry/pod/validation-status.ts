import { isIpv6 } from '@kubarium/shared';
import type { ContainerStatus, Pod } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { duplicate, forbidden, invalid, invalidEach } from '../validation/field-error.ts';
import { immutableErrors } from '../validation/immutable.ts';
import { ipErrors } from '../validation/ip.ts';
import { qualifiedNameErrors } from '../validation/names.ts';

/** All that is wrong with the change of a pod's status. */
export function validatePodStatusChange(draft: Pod, old: Pod): FieldError[] {
  const { status } = draft;
  const errors = (status.conditions ?? []).flatMap(({ type }, index) =>
    // The real server spells this field with a capital.
    invalidEach(`status.conditions[${index}].Type`, type, qualifiedNameErrors(type)),
  );
  if ((status.observedGeneration ?? 0) < 0) {
    errors.push(invalid('status.observedGeneration', status.observedGeneration, 'must be a non-negative integer'));
  }
  const nominated = status.nominatedNodeName;
  if (nominated && nominated !== old.status.nominatedNodeName && old.spec.nodeName) {
    errors.push(forbidden('status.nominatedNodeName', 'may not be set on pods that are already bound to a node'));
  }
  errors.push(...immutableErrors(status.qosClass, old.status.qosClass, 'status.qosClass'));
  for (const key of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const) {
    errors.push(...revivedErrors(status[key] ?? [], old.status[key] ?? [], old, `status.${key}`));
  }
  return [...errors, ...podIpErrors(draft, old), ...hostIpErrors(draft, old)];
}

/** A container that ended for good does not come back to life. */
function revivedErrors(
  now: readonly ContainerStatus[],
  before: readonly ContainerStatus[],
  { spec }: Pod,
  field: string,
): FieldError[] {
  return before.flatMap((status, index) => {
    const ended = status.state?.terminated;
    if (!ended) return [];
    const revived = now.some(({ name, state }) => name === status.name && !state?.terminated);
    return revived && !mayRestart(status.name, ended.exitCode, spec, field)
      ? [forbidden(`${field}[${index}].state`, 'may not be transitioned to non-terminated state')]
      : [];
  });
}

function mayRestart(name: string, exitCode: number, spec: Pod['spec'], field: string): boolean {
  if (field === 'status.ephemeralContainerStatuses') return false;
  const containers = field === 'status.initContainerStatuses' ? spec.initContainers : spec.containers;
  const container = containers?.find((candidate) => candidate.name === name);
  if ((container?.restartPolicyRules ?? []).length > 0) return true;
  const policy = container?.restartPolicy ?? spec.restartPolicy;
  if (policy === 'Always') return true;
  return policy === 'OnFailure' && exitCode !== 0;
}

function podIpErrors(draft: Pod, old: Pod): FieldError[] {
  const ips = (draft.status.podIPs ?? []).map(({ ip }) => ip ?? '');
  const before = (old.status.podIPs ?? []).map(({ ip }) => ip ?? '');
  const errors = ips.flatMap((ip, index) => ipErrors(ip, `status.podIPs[${index}]`, before));
  if (errors.length > 0 || ips.length < 2) return errors;
  const families = new Set(ips.map((ip) => isIpv6(ip)));
  if (ips.length > 2 || families.size < 2) {
    const shown = ips.map((ip) => ({ IP: ip }));
    errors.push(invalid('status.podIPs', shown, 'may specify no more than one IP for each IP family'));
  }
  const seen = new Set<string>();
  for (const [index, ip] of ips.entries()) {
    if (seen.has(ip)) errors.push(duplicate(`status.podIPs[${index}]`, { IP: ip }));
    seen.add(ip);
  }
  return errors;
}

const hostIpErrors = (draft: Pod, old: Pod): FieldError[] => {
  const before = (old.status.hostIPs ?? []).map(({ ip }) => ip);
  return (draft.status.hostIPs ?? []).flatMap(({ ip }, index) => ipErrors(ip, `status.hostIPs[${index}]`, before));
};
