import type { Service } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid } from '../validation/field-error.ts';
import { isHeadless, needsHealthCheckNodePort } from './needs.ts';

const ONCE_SET = 'may not change once set';

/** What only the change of a Service has wrong: addresses and families stay for life, unless it becomes an ExternalName. */
export const serviceChangeErrors = (draft: Service, old: Service): FieldError[] => [
  ...clusterIPChangeErrors(draft, old),
  ...familyChangeErrors(draft, old),
  ...classChangeErrors(draft, old),
  ...healthCheckChangeErrors(draft, old),
];

const isExternalName = ({ spec }: Service): boolean => spec.type === 'ExternalName';

function clusterIPChangeErrors(draft: Service, old: Service): FieldError[] {
  if (isExternalName(draft) || isExternalName(old) || (isHeadless(draft) && isHeadless(old))) return [];
  const now = draft.spec.clusterIPs ?? [];
  const before = old.spec.clusterIPs ?? [];
  if (now.length === before.length) {
    return before.flatMap((ip, index) =>
      ip === now[index] ? [] : [invalid(`spec.clusterIPs[${index}]`, now, ONCE_SET)],
    );
  }
  if (now.length === 0) return [invalid('spec.clusterIPs[0]', now, 'primary clusterIP can not be unset')];
  const errors: FieldError[] = [];
  if (before.length > 0 && now[0] !== before[0]) errors.push(invalid('spec.clusterIPs[0]', now, ONCE_SET));
  if (now.length < before.length && draft.spec.ipFamilyPolicy !== 'SingleStack') {
    const why = "must be set to 'SingleStack' when releasing the secondary clusterIP";
    errors.push(invalid('spec.ipFamilyPolicy', draft.spec.ipFamilyPolicy, why));
  }
  return errors;
}

function familyChangeErrors(draft: Service, old: Service): FieldError[] {
  if (isExternalName(draft) || isExternalName(old) || isHeadless(draft) || isHeadless(old)) return [];
  const now = draft.spec.ipFamilies ?? [];
  const before = old.spec.ipFamilies ?? [];
  const field = 'spec.ipFamilies[0]';
  if (now.length === before.length) {
    return before.flatMap((family, index) => (family === now[index] ? [] : [invalid(field, now, ONCE_SET)]));
  }
  return now.length > 0 && before.length > 0 && now[0] !== before[0] ? [invalid(field, now, ONCE_SET)] : [];
}

function classChangeErrors(draft: Service, old: Service): FieldError[] {
  if (draft.spec.type !== 'LoadBalancer' || old.spec.type !== 'LoadBalancer') return [];
  const { loadBalancerClass } = draft.spec;
  return loadBalancerClass === old.spec.loadBalancerClass
    ? []
    : [invalid('spec.loadBalancerClass', loadBalancerClass, ONCE_SET)];
}

function healthCheckChangeErrors(draft: Service, old: Service): FieldError[] {
  if (!needsHealthCheckNodePort(draft) || !needsHealthCheckNodePort(old)) return [];
  return draft.spec.healthCheckNodePort === old.spec.healthCheckNodePort
    ? []
    : [forbidden('spec.healthCheckNodePort', 'field is immutable')];
}
