import type { ServiceCIDR } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { parseCidr, strictCidrErrors } from '../validation/cidr.ts';
import { invalid, required } from '../validation/field-error.ts';

const FIELD = 'spec.cidrs';
const IMMUTABLE = 'field is immutable';

/** All that is wrong with a new ServiceCIDR. */
export function validateServiceCidr({ spec }: ServiceCIDR): FieldError[] {
  const cidrs = spec.cidrs ?? [];
  if (cidrs.length === 0) return [required(FIELD, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(FIELD, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const errors = cidrs.flatMap((cidr, index) => strictCidrErrors(cidr, `${FIELD}[${index}]`));
  const [first, second] = cidrs.map((cidr) => parseCidr(cidr)?.family);
  if (cidrs.length < 2 || first === undefined || first !== second) return errors;
  const why = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
  return [...errors, invalid(FIELD, cidrs, why)];
}

/** What is wrong with its change: a network of the other family may come to the first, nothing else. */
export function validateServiceCidrChange(draft: ServiceCIDR, old: ServiceCIDR): FieldError[] {
  const cidrs = draft.spec.cidrs ?? [];
  const before = old.spec.cidrs ?? [];
  const becomesDual = before.length === 1 && cidrs.length === 2;
  if (before.length !== cidrs.length && !becomesDual) return [invalid(FIELD, cidrs, IMMUTABLE)];
  const changed = before.flatMap((cidr, index) =>
    cidr === cidrs[index] ? [] : [invalid(`${FIELD}[${index}]`, cidrs[index], IMMUTABLE)],
  );
  return becomesDual ? [...changed, ...validateServiceCidr(draft)] : changed;
}
