import { type Condition, type IPAddress, ipv4Range, type ServiceCIDR, timestamp } from '@kubarium/shared';

export const PROTECTION = 'networking.k8s.io/service-cidr-finalizer';
/** The Ready condition of a living ServiceCIDR: it gives addresses. */
export const readyCondition = (nowMs: number): Condition =>
  condition('True', '', 'Kubernetes Service CIDR is ready', nowMs);

/** Why a deleted one has to wait. */
export const terminatingCondition = (nowMs: number): Condition =>
  condition(
    'False',
    'Terminating',
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
    nowMs,
  );

const condition = (status: string, reason: string, message: string, nowMs: number): Condition => ({
  type: 'Ready',
  status,
  reason,
  message,
  lastTransitionTime: timestamp(nowMs),
});

/** True where an address would be of no ServiceCIDR once this one is gone. IPv6 ranges hold none here. */
export function isStillUsed(
  { metadata, spec }: ServiceCIDR,
  all: readonly ServiceCIDR[],
  addresses: readonly IPAddress[],
): boolean {
  const others = rangesOf(all.filter((each) => each.metadata.name !== metadata.name).flatMap(cidrsOf));
  return rangesOf(spec.cidrs ?? []).some((range) =>
    addresses.some(({ metadata: { name } }) => range.contains(name) && !others.some((other) => other.contains(name))),
  );
}

const cidrsOf = ({ spec }: ServiceCIDR): readonly string[] => spec.cidrs ?? [];

const rangesOf = (cidrs: readonly string[]) => cidrs.filter((cidr) => !cidr.includes(':')).map(ipv4Range);
