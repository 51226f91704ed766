import { canonicalIpv6, ipv4Value } from '@kubarium/shared';

/** What a name asks for. */
export type NameRequest =
  | { readonly kind: 'outside' }
  /** The top of a zone: the cluster's domain, or a reverse tree. */
  | { readonly kind: 'zone'; readonly zone: string }
  /** `inner` holds other names but has no records itself: `svc` and `pod`. */
  | { readonly kind: 'inner' | 'invalid' }
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
  /** Of a reverse tree; without an address where the name is not one of a whole address. */
  | { readonly kind: 'reverse'; readonly zone: string; readonly address: string | undefined };

/**
 * Reads a name by the Kubernetes DNS specification 1.1.0. Case does not matter; the final dot is not written.
 *
 *     name     = ZONE | "dns-version." ZONE | "ns.dns." ZONE
 *              | [ [ [ endpoint "." | port "." ] SERVICE "." ] NAMESPACE "." ] "svc." ZONE
 *              | [ [ dashed "." ] NAMESPACE "." ] "pod." ZONE
 *              | d "." c "." b "." a ".in-addr.arpa" | 32 * ( NIBBLE "." ) "ip6.arpa"
 *     endpoint = HOSTNAME | dashed
 *     port     = "_" PORT "._" PROTOCOL          (CoreDNS does not insist on the underscores)
 *     dashed   = a "-" b "-" c "-" d             (10-244-1-2, or fd00--1)
 */
export function parseRequest(name: string, zone: string): NameRequest {
  const lower = name.toLowerCase();
  for (const [tree, read] of REVERSE_TREES) {
    if (lower === tree) return { kind: 'zone', zone: tree };
    if (lower.endsWith(`.${tree}`))
      return {
        kind: 'reverse',
        zone: tree,
        address: read(
          lower
            .slice(0, -tree.length - 1)
            .split('.')
            .reverse(),
        ),
      };
  }
  if (lower === zone) return { kind: 'zone', zone };
  if (!lower.endsWith(`.${zone}`)) return { kind: 'outside' };
  const inner = lower.slice(0, -zone.length - 1);
  if (inner === 'dns-version') return { kind: 'version' };
  if (inner === 'ns.dns') return { kind: 'name-server' };
  const labels = inner.split('.');
  const tree = labels.pop();
  if (tree !== 'svc' && tree !== 'pod') return { kind: 'invalid' };
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
  if (more.length > 0) return { kind: 'invalid' };
  return { ...service, port: { name: first.replace(/^_/, ''), protocol: second.replace(/^_/, '') } };
}

/** `10-244-1-2` or `fd00--1` as an address. */
function dashed(label: string): string | undefined {
  const address = label.replaceAll('-', '.');
  return ipv4Value(address) === undefined ? canonicalIpv6(label.replaceAll('-', ':')) : address;
}

/** The trees of reverse names, and how each reads the labels of an address, the most significant first. */
const REVERSE_TREES: readonly (readonly [tree: string, read: (labels: string[]) => string | undefined])[] = [
  [
    'in-addr.arpa',
    (bytes) => {
      const address = bytes.join('.');
      return ipv4Value(address) === undefined ? undefined : address;
    },
  ],
  [
    'ip6.arpa',
    (nibbles) => (nibbles.length === 32 ? canonicalIpv6(nibbles.join('').replaceAll(/.{4}(?=.)/g, '$&:')) : undefined),
  ],
];
