import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { cidrContains, parseCidr } from '../validation/cidr.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/field-error.ts';
import { cidrErrors } from '../validation/ip.ts';
import { labelSelectorErrors } from '../validation/labels.ts';
import { portNameErrors, portNumberErrors } from '../validation/names.ts';
import { PROTOCOLS } from '../validation/port.ts';

const POLICY_TYPES = ['Egress', 'Ingress'];

/** All that is wrong with a NetworkPolicy. */
export const validateNetworkPolicy = ({ spec }: NetworkPolicy): FieldError[] => specErrors(spec, []);

/** What is wrong with its change: the new spec again, where networks that were there before pass. */
export const validateNetworkPolicyChange = ({ spec }: NetworkPolicy, old: NetworkPolicy): FieldError[] =>
  specErrors(
    spec,
    peersOf(old.spec).flatMap(({ ipBlock }) =>
      ipBlock === undefined ? [] : [ipBlock.cidr, ...(ipBlock.except ?? [])],
    ),
  );

const peersOf = ({ ingress, egress }: NetworkPolicySpec): readonly NetworkPolicyPeer[] => [
  ...(ingress ?? []).flatMap(({ from }) => from ?? []),
  ...(egress ?? []).flatMap(({ to }) => to ?? []),
];

const specErrors = (spec: NetworkPolicySpec, oldCidrs: readonly string[]): FieldError[] => [
  ...labelSelectorErrors(spec.podSelector, 'spec.podSelector'),
  ...(spec.ingress ?? []).flatMap(({ ports, from }, index) => [
    ...eachError(ports, `spec.ingress[${index}].ports`, portRangeErrors),
    ...eachError(from, `spec.ingress[${index}].from`, (peer, field) => peerErrors(peer, field, oldCidrs)),
  ]),
  ...(spec.egress ?? []).flatMap(({ ports, to }, index) => [
    ...eachError(ports, `spec.egress[${index}].ports`, portRangeErrors),
    ...eachError(to, `spec.egress[${index}].to`, (peer, field) => peerErrors(peer, field, oldCidrs)),
  ]),
  ...policyTypesErrors(spec.policyTypes ?? []),
];

const eachError = <T>(
  items: readonly T[] | undefined,
  field: string,
  errors: (item: T, field: string) => FieldError[],
): FieldError[] => (items ?? []).flatMap((item, index) => errors(item, `${field}[${index}]`));

function policyTypesErrors(types: readonly string[]): FieldError[] {
  if (types.length > POLICY_TYPES.length) {
    return [invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')];
  }
  return types.flatMap((type, index) =>
    POLICY_TYPES.includes(type) ? [] : [notSupported(`spec.policyTypes[${index}]`, type, ['Ingress', 'Egress'])],
  );
}

function portRangeErrors({ protocol, port, endPort }: NetworkPolicyPort, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) {
    errors.push(notSupported(`${field}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']));
  }
  if (typeof port === 'number') {
    errors.push(...invalidEach(`${field}.port`, port, portNumberErrors(port)));
    if (endPort !== undefined && endPort < port) {
      errors.push(invalid(`${field}.endPort`, port, 'must be greater than or equal to `port`'));
    }
    if (endPort !== undefined) errors.push(...invalidEach(`${field}.endPort`, endPort, portNumberErrors(endPort)));
    return errors;
  }
  if (endPort !== undefined) {
    const why = port === undefined ? '`port` is not specified' : '`port` is non-numeric';
    errors.push(invalid(`${field}.endPort`, endPort, `may not be specified when ${why}`));
  }
  return port === undefined ? errors : [...errors, ...invalidEach(`${field}.port`, port, portNameErrors(port))];
}

function peerErrors(peer: NetworkPolicyPeer, field: string, oldCidrs: readonly string[]): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  const errors = [
    ...labelSelectorErrors(podSelector, `${field}.podSelector`),
    ...labelSelectorErrors(namespaceSelector, `${field}.namespaceSelector`),
    ...(ipBlock === undefined ? [] : ipBlockErrors(ipBlock, `${field}.ipBlock`, oldCidrs)),
  ];
  const hasSelector = podSelector !== undefined || namespaceSelector !== undefined;
  if (!hasSelector && ipBlock === undefined) return [...errors, required(field, 'must specify a peer')];
  return hasSelector && ipBlock !== undefined
    ? [...errors, forbidden(field, 'may not specify both ipBlock and another peer')]
    : errors;
}

function ipBlockErrors({ cidr, except = [] }: IPBlock, field: string, oldCidrs: readonly string[]): FieldError[] {
  if (!cidr) return [required(`${field}.cidr`)];
  const errors = cidrErrors(cidr, `${field}.cidr`, oldCidrs);
  const whole = parseCidr(cidr);
  if (whole === undefined) return errors;
  for (const [index, text] of except.entries()) {
    const at = `${field}.except[${index}]`;
    errors.push(...cidrErrors(text, at, oldCidrs));
    const part = parseCidr(text);
    if (part !== undefined && !(cidrContains(whole, part.address) && whole.length < part.length)) {
      errors.push(invalid(at, text, 'must be a strict subset of `cidr`'));
    }
  }
  return errors;
}
