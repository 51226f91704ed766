import type { ResourceRequirements } from '@kubarium/shared';
import { parseQuantity, Quantity } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, invalidEach, required } from '../validation/field-error.ts';
import { qualifiedNameErrors } from '../validation/names.ts';

const CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** What quotas and nodes count, besides. */
const STANDARD_RESOURCES = new Set(
  'cpu memory ephemeral-storage requests.cpu requests.memory requests.ephemeral-storage limits.cpu limits.memory limits.ephemeral-storage pods resourcequotas services replicationcontrollers secrets persistentvolumeclaims configmaps services.nodeports services.loadbalancers storage requests.storage'.split(
    ' ',
  ),
);

const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
/** Resources of Kubernetes' own: unqualified, or under its own domain. */
const isNative = (name: string): boolean => !name.includes('/') || name.split('/')[0]!.endsWith('kubernetes.io');
const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name);

/** What is wrong with what a container requests and limits. */
export function validateResources(resources: ResourceRequirements | undefined, field: string): FieldError[] {
  const limits = resources?.limits ?? {};
  const requests = resources?.requests ?? {};
  const errors: FieldError[] = [];
  for (const [name, text] of Object.entries(limits)) {
    errors.push(...amountErrors(name, parseQuantity(`${text}`), `${field}.limits[${name}]`));
  }
  for (const [name, text] of Object.entries(requests)) {
    const request = parseQuantity(`${text}`);
    errors.push(...amountErrors(name, request, `${field}.requests[${name}]`));
    const limit = limits[name];
    if (limit === undefined) {
      if (!mayOvercommit(name))
        errors.push(required(`${field}.limits`, 'Limit must be set for non overcommitable resources'));
      continue;
    }
    const most = parseQuantity(`${limit}`);
    if (request.compare(most) !== 0 && !mayOvercommit(name)) {
      errors.push(
        invalid(`${field}.requests`, request.toString(), `must be equal to ${name} limit of ${most.toString()}`),
      );
    } else if (request.compare(most) > 0) {
      const why = `must be less than or equal to ${name} limit of ${most.toString()}`;
      errors.push(invalid(`${field}.requests`, request.toString(), why));
    }
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.some((name) => name === 'cpu' || name === 'memory')) {
    errors.push(forbidden(field, 'HugePages require cpu or memory'));
  }
  return errors;
}

function amountErrors(name: string, amount: Quantity, field: string): FieldError[] {
  const errors = resourceNameErrors(name, field);
  if (amount.sign < 0) errors.push(invalid(field, amount.toString(), 'must be greater than or equal to 0'));
  if (!isNative(name) && amount.milliValue() % 1000 !== 0) errors.push(invalid(field, amount, 'must be an integer'));
  if (isHugePages(name) && !isWholePages(amount, name)) {
    errors.push(invalid(field, amount, `${amount.toString()} is not positive integer multiple of ${name}`));
  }
  return errors;
}

function isWholePages(amount: Quantity, name: string): boolean {
  try {
    const page = parseQuantity(name.slice('hugepages-'.length));
    return page.sign > 0 && amount.sign > 0 && amount.milliValue() % page.milliValue() === 0;
  } catch {
    return false;
  }
}

function resourceNameErrors(name: string, field: string): FieldError[] {
  const wrong = invalidEach(field, name, qualifiedNameErrors(name));
  if (!name.includes('/')) {
    if (CONTAINER_RESOURCES.has(name) || isHugePages(name)) return wrong;
    if (wrong.length === 0 && !STANDARD_RESOURCES.has(name)) {
      wrong.push(invalid(field, name, 'must be a standard resource type or fully qualified'));
    }
    return [...wrong, invalid(field, name, 'must be a standard resource for containers')];
  }
  if (isNative(name)) return wrong;
  const extended = !name.startsWith('requests.') && qualifiedNameErrors(`requests.${name}`).length === 0;
  return extended ? wrong : [...wrong, invalid(field, name, "doesn't follow extended resource name standard")];
}
