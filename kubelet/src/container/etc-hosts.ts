import type { Pod } from '@kubarium/shared';

/** The host name that a pod has inside: `spec.hostname` or its name, at most 63 characters. */
export function podHostname(pod: Pod): string {
  if (pod.spec.hostnameOverride !== undefined) return pod.spec.hostnameOverride;
  const name = pod.spec.hostname === undefined || pod.spec.hostname === '' ? pod.metadata.name : pod.spec.hostname;
  return name.slice(0, 63).replace(/[-.]+$/, '');
}

/** `SUBDOMAIN.NAMESPACE.svc.CLUSTER` where the pod has a subdomain, else empty. */
const podDomain = (pod: Pod, clusterDomain: string): string =>
  pod.spec.subdomain === undefined || pod.spec.subdomain === ''
    ? ''
    : `${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}`;

export interface EtcHostsInput {
  readonly pod: Pod;
  readonly podIPs: readonly string[];
  readonly clusterDomain: string;
  /** The node's own name and address, for pods on its network. */
  readonly nodeName: string;
}

/** The /etc/hosts that the kubelet manages for a pod, host aliases at the end. */
export function etcHosts({ pod, podIPs, clusterDomain, nodeName }: EtcHostsInput): string {
  const isHostNetwork = pod.spec.hostNetwork === true;
  const lines = isHostNetwork
    ? ['# Kubernetes-managed hosts file (host network).', '127.0.0.1\tlocalhost']
    : [
        '# Kubernetes-managed hosts file.',
        '127.0.0.1\tlocalhost',
        '::1\tlocalhost ip6-localhost ip6-loopback',
        'fe00::0\tip6-localnet',
        'fe00::0\tip6-mcastprefix',
        'fe00::1\tip6-allnodes',
        'fe00::2\tip6-allrouters',
      ];
  const hostname = podHostname(pod);
  const domain = podDomain(pod, clusterDomain);
  const names = isHostNetwork ? nodeName : domain === '' ? hostname : `${hostname}.${domain}\t${hostname}`;
  for (const ip of podIPs) lines.push(`${ip}\t${names}`);
  const aliases = pod.spec.hostAliases ?? [];
  if (aliases.length > 0) {
    lines.push('', '# Entries added by HostAliases.');
    for (const { ip, hostnames = [] } of aliases) lines.push(`${ip}\t${hostnames.join('\t')}`);
  }
  return `${lines.join('\n')}\n`;
}
