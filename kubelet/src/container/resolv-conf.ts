import type { Pod } from '@kubarium/shared';

/** The cluster's DNS as the kubelet is configured with it (`clusterDNS`, `clusterDomain`). */
export interface ClusterDns {
  readonly address: string;
  readonly domain: string;
}

/** The /etc/resolv.conf of a pod, by its `dnsPolicy` and `dnsConfig` (docs: "DNS for Services and Pods"). */
export function resolvConf(pod: Pod, dns: ClusterDns): string {
  const isHostNetwork = pod.spec.hostNetwork === true;
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst';
  const usesCluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !isHostNetwork);
  const usesNode = policy === 'Default' || (policy === 'ClusterFirst' && isHostNetwork);
  const { domain } = dns;
  const searches = usesCluster ? [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain] : [];
  // Simplified: a node's own resolver is the cluster's DNS without a search list; a real node has its machine's.
  const nameservers = usesCluster || usesNode ? [dns.address] : [];
  const options = new Map<string, string>();
  if (usesCluster) options.set('ndots', '5');
  const config = pod.spec.dnsConfig;
  const allServers = distinct([...nameservers, ...(config?.nameservers ?? [])]).slice(0, 3);
  const allSearches = distinct([...searches, ...(config?.searches ?? [])]).slice(0, 32);
  for (const { name, value } of config?.options ?? []) if (name !== undefined) options.set(name, value ?? '');
  const lines = [];
  // The order of containerd's writer.
  if (allSearches.length > 0) lines.push(`search ${allSearches.join(' ')}`);
  for (const server of allServers) lines.push(`nameserver ${server}`);
  if (options.size > 0)
    lines.push(`options ${[...options].map(([name, value]) => (value === '' ? name : `${name}:${value}`)).join(' ')}`);
  return `${lines.join('\n')}\n`;
}

const distinct = (items: readonly string[]): string[] => [...new Set(items)];
