import type { NetworkPolicy, NetworkPolicyPeer } from '@kubarium/shared';
import { cidrWarnings } from '../validation/cidr.ts';

/** What the API server warns of when a NetworkPolicy is written: networks that are not written as networks. */
export const networkPolicyWarnings = ({ spec }: NetworkPolicy): string[] => [
  ...(spec.ingress ?? []).flatMap(({ from }, index) => peersWarnings(from, `spec.ingress[${index}].from`)),
  ...(spec.egress ?? []).flatMap(({ to }, index) => peersWarnings(to, `spec.egress[${index}].to`)),
];

const peersWarnings = (peers: readonly NetworkPolicyPeer[] | undefined, field: string): string[] =>
  (peers ?? []).flatMap(({ ipBlock }, index) =>
    ipBlock === undefined
      ? []
      : [
          ...cidrWarnings(ipBlock.cidr, `${field}[${index}].ipBlock.cidr`),
          ...(ipBlock.except ?? []).flatMap((text, at) =>
            cidrWarnings(text, `${field}[${index}].ipBlock.except[${at}]`),
          ),
        ],
  );
