import { canonicalIpv4, ipv4Range, type Ipv4Range, type Protocol, type Service } from '@kubarium/shared';

/** What the routing table keeps of one port of a Service. */
export interface ServicePort {
  /** `namespace/name`. */
  readonly service: string;
  /** Its name; empty for the unnamed port. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** 0 where it has none. */
  readonly nodePort: number;
  readonly clusterIPs: readonly string[];
  /** `externalIPs` and the load balancer's ingress addresses: traffic from outside, like the node ports. */
  readonly externalAddresses: readonly string[];
  /** Those of them that are the load balancer's. */
  readonly loadBalancerAddresses: readonly string[];
  /** Who may use the load balancer's addresses (`loadBalancerSourceRanges`); none: everyone. */
  readonly sourceRanges: readonly Ipv4Range[];
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** How long a client keeps its endpoint; 0 without session affinity. */
  readonly affinityMs: number;
  /** Where each node tells whether it has endpoints; 0 where it does not. */
  readonly healthCheckNodePort: number;
}

/** Another proxy takes care of a Service with this label. */
const PROXY_NAME_LABEL = 'service.kubernetes.io/service-proxy-name';

/**
 * The ports of a Service as the proxy sees them: none for headless and ExternalName Services, and for those that belong to another
 * proxy. SCTP ports are left out. `Simplified:` the pod network has no SCTP.
 */
export function servicePorts(service: Service): readonly ServicePort[] {
  const { metadata, spec, status } = service;
  if (spec.type === 'ExternalName' || metadata.labels?.[PROXY_NAME_LABEL] !== undefined) return [];
  const clusterIPs = (spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP]))
    .filter((address) => address !== '' && address !== 'None')
    .map(canonicalIpv4);
  if (clusterIPs.length === 0) return [];
  const ingress = (status.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) =>
    ip === undefined || ipMode === 'Proxy' ? [] : [canonicalIpv4(ip)],
  );
  const loadBalancerAddresses = spec.type === 'LoadBalancer' ? ingress : [];
  const shared = {
    service: `${metadata.namespace}/${metadata.name}`,
    clusterIPs,
    externalAddresses: [...(spec.externalIPs ?? []).map(canonicalIpv4), ...loadBalancerAddresses],
    loadBalancerAddresses,
    // Ranges of IPv6 say nothing about IPv4 clients.
    sourceRanges: (spec.loadBalancerSourceRanges ?? []).flatMap((text) =>
      text.includes(':') ? [] : [ipv4Range(text.trim())],
    ),
    healthCheckNodePort:
      spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local' ? (spec.healthCheckNodePort ?? 0) : 0,
    internalLocal: spec.internalTrafficPolicy === 'Local',
    externalLocal: spec.externalTrafficPolicy === 'Local',
    affinityMs:
      spec.sessionAffinity === 'ClientIP' ? 1000 * (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : 0,
  };
  return (spec.ports ?? []).flatMap(({ name = '', protocol = 'TCP', port, nodePort = 0 }) =>
    protocol === 'SCTP' ? [] : [{ ...shared, name, protocol, port, nodePort }],
  );
}
