import type { Namespace, Pod } from '../api/core-v1.ts';
import type { NetworkPolicy } from '../api/networking-v1.ts';
import { labelSelectorMatches } from '../apimachinery/label-selector.ts';
import { ipv4Value } from '../net/ip-address.ts';
import type { Protocol } from '../net/network-namespace.ts';

/** An end of a packet: its address, and the pod or the node that it is. */
export interface PlainEnd {
  readonly address: string;
  readonly pod?: Pod | undefined;
  readonly node?: string | undefined;
}

/**
 * A plain model of NetworkPolicy: it reads the objects themselves, all of them, for every packet. Ends and port are as they are behind
 * the Services.
 */
export function isAllowedPlainly(
  policies: readonly NetworkPolicy[],
  namespaces: readonly Namespace[],
  from: PlainEnd,
  to: PlainEnd,
  port: number,
  protocol: Protocol,
): boolean {
  if (from.pod !== undefined && from.pod === to.pod) return true;
  if (to.pod !== undefined && from.pod === undefined && from.node === to.pod.spec.nodeName) return true;
  if (from.pod !== undefined && to.pod === undefined && to.node === from.pod.spec.nodeName) return true;
  const pass = (own: Pod | undefined, type: 'Ingress' | 'Egress', peer: PlainEnd): boolean => {
    if (own === undefined) return true;
    const isolating = policies.filter(({ metadata, spec }) => {
      const types = spec.policyTypes ?? ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];
      return (
        metadata.namespace === own.metadata.namespace &&
        types.includes(type) &&
        labelSelectorMatches(spec.podSelector, own.metadata.labels)
      );
    });
    if (isolating.length === 0) return true;
    for (const { metadata, spec } of isolating) {
      const rules =
        type === 'Ingress'
          ? (spec.ingress ?? []).map((rule) => ({ ...rule, peers: rule.from ?? [] }))
          : (spec.egress ?? []).map((rule) => ({ ...rule, peers: rule.to ?? [] }));
      for (const { peers, ports = [] } of rules) {
        const isPeer = peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
          if (ipBlock !== undefined) {
            const { cidr, except = [] } = ipBlock;
            return inBlock(cidr, peer.address) && !except.some((hole) => inBlock(hole, peer.address));
          }
          if (peer.pod === undefined) return false;
          const { namespace, labels } = peer.pod.metadata;
          const where =
            namespaceSelector === undefined
              ? namespace === metadata.namespace
              : labelSelectorMatches(
                  namespaceSelector,
                  namespaces.find((one) => one.metadata.name === namespace)?.metadata.labels,
                );
          return where && (podSelector === undefined || labelSelectorMatches(podSelector, labels));
        });
        const isPort = ports.some((one) => {
          if ((one.protocol ?? 'TCP') !== protocol) return false;
          if (typeof one.port === 'string') {
            const declared = to.pod?.spec.containers.flatMap((container) => container.ports ?? []) ?? [];
            return declared.some((its) => {
              return its.name === one.port && (its.protocol ?? 'TCP') === protocol && its.containerPort === port;
            });
          }
          if (one.port === undefined) return true;
          return port === one.port || (one.endPort !== undefined && port > one.port && port <= one.endPort);
        });
        if ((peers.length === 0 || isPeer) && (ports.length === 0 || isPort)) return true;
      }
    }
    return false;
  };
  return pass(from.pod, 'Egress', to) && pass(to.pod, 'Ingress', from);
}

function inBlock(cidr: string, address: string): boolean {
  const [base = '', bits = ''] = cidr.split('/');
  const binary = (text: string): string => ipv4Value(text)!.toString(2).padStart(32, '0').slice(0, Number(bits));
  return binary(base) === binary(address);
}
