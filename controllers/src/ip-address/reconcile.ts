import { canonicalIpv4, type Draft, type IPAddress, type Service, isIpv6 } from '@kubarium/shared';

const MANAGED_BY = 'ipaddress.kubernetes.io/managed-by';
const ALLOCATOR = 'ipallocator.k8s.io';
const FAMILY = 'ipaddress.kubernetes.io/ip-family';

/** The addresses that a Service holds. */
export const addressesOf = ({ spec }: Service): readonly string[] =>
  (spec.clusterIPs ?? []).filter((ip) => ip !== '' && ip !== 'None').map(canonicalIpv4);

/** The object of one address that a Service holds. */
export const addressOfService = (ip: string, { metadata }: Service): Draft<IPAddress> => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: { name: ip, labels: { [FAMILY]: isIpv6(ip) ? 'IPv6' : 'IPv4', [MANAGED_BY]: ALLOCATOR } },
  spec: { parentRef: { resource: 'services', namespace: metadata.namespace, name: metadata.name } },
});

/** True for an object that was made for a Service that no longer holds the address, or never did. */
export const isLeftOver = ({ metadata, spec }: IPAddress, holder: Service | undefined): boolean =>
  metadata.labels?.[MANAGED_BY] === ALLOCATOR &&
  (holder === undefined ||
    holder.metadata.name !== spec.parentRef.name ||
    holder.metadata.namespace !== spec.parentRef.namespace);
