import type { NetworkPolicy } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import { age } from '../printing/age.ts';
import { selectorText } from '../printing/selector-text.ts';
import type { Strategy } from '../strategy.ts';
import { validateNetworkPolicy, validateNetworkPolicyChange } from './validation.ts';
import { networkPolicyWarnings } from './warnings.ts';

/** The meaning of NetworkPolicies. */
export const networkPolicyStrategy: Strategy<NetworkPolicy> = {
  /** A policy always restricts what comes in, and what goes out if it says anything of it. */
  defaults({ spec }) {
    for (const { ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
      for (const port of ports ?? []) port.protocol ??= 'TCP';
    }
    if ((spec.policyTypes ?? []).length > 0) return;
    spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  validate: validateNetworkPolicy,
  validateUpdate: validateNetworkPolicyChange,
  warnings: networkPolicyWarnings,
  bumpsGeneration: (draft, old) => !deepEqual(draft.spec, old.spec),
  tableCells: ({ metadata, spec }, nowMs) => [
    metadata.name,
    selectorText(spec.podSelector),
    age(metadata.creationTimestamp, nowMs),
  ],
};
