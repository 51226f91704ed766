import type { ServiceCIDR } from '@kubarium/shared';
import { age } from '../printing/age.ts';
import type { Strategy } from '../strategy.ts';
import { validateServiceCidr, validateServiceCidrChange } from './validation.ts';

/** The meaning of ServiceCIDRs. */
export const serviceCidrStrategy: Strategy<ServiceCIDR> = {
  withoutGeneration: true,
  validate: (draft, old) => (old === undefined ? validateServiceCidr(draft) : []),
  validateUpdate: validateServiceCidrChange,
  tableCells: ({ metadata, spec }, nowMs) => [
    metadata.name,
    (spec.cidrs ?? []).join(','),
    age(metadata.creationTimestamp, nowMs),
  ],
};
