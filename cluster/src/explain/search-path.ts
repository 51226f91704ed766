import type { Client } from './facts.ts';

/** The names of the cluster that a pod's resolver tries for a name, in order (dnsPolicy ClusterFirst, ndots:5). */
export function searchPath(name: string, client: Client | undefined, namespace: string, domain: string): string[] {
  if (name.endsWith('.') || name.endsWith(`.${domain}`)) return [name.replace(/\.$/, '')];
  const home = client?.kind === 'pod' ? (client.pod.metadata.namespace ?? namespace) : namespace;
  return [`${home}.svc.${domain}`, `svc.${domain}`, domain].map((suffix) => `${name}.${suffix}`);
}
