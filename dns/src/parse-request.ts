import { ipv4Value } from '@kubarium/shared';

/** What a name asks for. */
export type NameRequest =
  | { readonly kind: 'outside' }
  /** A name of the zone that holds others but has no records itself: the zone, `svc`, `pod`. */
  | { readonly kind: 'zone' | 'inner' | 'invalid' }
  | { readonly kind: 'version' }
  | { readonly kind: 'name-server' }
  | { readonly kind: 'namespace'; readonly namespace: string }
  | { readonly kind: 'pod'; readonly namespace: string; readonly address: string | undefined }
  | {
      readonly kind: 'service';
      readonly namespace: string;
      readonly service: string;
      /** The endpoint's hostname, or its address with dashes. */
      readonly endpoint?: string | undefined;
      readonly port?: { readonly name: string; readonly protocol: string } | undefined;
    }
  /** Of the reverse tree; without an address where the name is not one of a whole IPv4 address. */
  | { readonly kind: 'reverse'; readonly zone: string; readonly address: string | undefined };

/**
 * Reads a name by the Kubernetes DNS specification 1.1.0. Case does not matter; the final dot is not written.
 *
 *     name     = ZONE | "dns-version." ZONE | "ns.dns." ZONE
 *              | [ [ [ endpoint "." | "_" PORT "._" PROTOCOL "." ] SERVICE "." ] NAMESPACE "." ] "svc." ZONE
 *              | [ [ a "-" b "-" c "-" d "." ] NAMESPACE "." ] "pod." ZONE
 *              | d "." c "." b "." a ".in-addr.arpa" | ... ".ip6.arpa"
 *     endpoint = HOSTNAME | a "-" b "-" c "-" d
 */
export function parseRequest(name: string, zone: string): NameRequest {
  const lower = name.toLowerCase();
  for (const tree of ['in-addr.arpa', 'ip6.arpa']) {
    if (lower === tree || lower.endsWith(`.${tree}`)) return { kind: 'reverse', zone: tree, address: reversed(lower) };
  }
  if (lower === zone) return { kind: 'zone' };
  if (!lower.endsWith(`.${zone}`)) return { kind: 'outside' };
  const inner = lower.slice(0, -zone.length - 1);
  if (inner === 'dns-version') return { kind: 'version' };
  if (inner === 'ns.dns') return { kind: 'name-server' };
  const labels = inner.split('.');
  const tree = labels.pop();
  if (tree !== 'svc' && tree !== 'pod') return { kind: inner === 'dns' ? 'inner' : 'invalid' };
  const namespace = labels.pop();
  if (namespace === undefined) return { kind: 'inner' };
  const subject = labels.pop();
  if (subject === undefined) return { kind: 'namespace', namespace };
  if (tree === 'pod') {
    return labels.length > 0 ? { kind: 'invalid' } : { kind: 'pod', namespace, address: dashed(subject) };
  }
  const service = { kind: 'service', namespace, service: subject } as const;
  const [first, second, ...more] = labels;
  if (first === undefined) return service;
  if (second === undefined) return { ...service, endpoint: first };
  if (more.length > 0 || !first.startsWith('_') || !second.startsWith('_')) return { kind: 'invalid' };
  return { ...service, port: { name: first.slice(1), protocol: second.slice(1) } };
}

/** `10-244-1-2` as an address. */
function dashed(label: string): string | undefined {
  const address = label.replaceAll('-', '.');
  return ipv4Value(address) === undefined ? undefined : address;
}

/** `2.1.244.10.in-addr.arpa` as an address. */
function reversed(name: string): string | undefined {
  const address = name.endsWith('.in-addr.arpa')
    ? name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.')
    : '';
  return ipv4Value(address) === undefined ? undefined : address;
}
