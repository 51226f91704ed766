import type { Container, Pod } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid } from '../validation/field-error.ts';
import { qosClass } from './qos-class.ts';
import { specSubresource } from './spec-subresource.ts';

/** `pods/resize`: changes what running containers request and limit, CPU and memory only (KEP-1287). */
export const resizeHandler = specSubresource({
  take(draft, wanted) {
    for (const key of ['containers', 'initContainers'] as const) {
      for (const container of draft.spec[key] ?? []) {
        const resized = wanted.spec[key]?.find(({ name }) => name === container.name);
        if (resized?.resources) container.resources = structuredClone(resized.resources);
        if (resized?.resizePolicy) container.resizePolicy = structuredClone(resized.resizePolicy);
      }
    }
  },
  errors: changeErrors,
});

function changeErrors(draft: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  if ((old.status.qosClass ?? qosClass(old.spec)) !== qosClass(draft.spec)) {
    const why = 'Pod QOS Class may not change as a result of resizing';
    errors.push(invalid('spec', draft.status.qosClass, why));
  }
  for (const key of ['initContainers', 'containers'] as const) {
    for (const [index, container] of (draft.spec[key] ?? []).entries()) {
      errors.push(...removedErrors(container, old.spec[key]![index]!, `spec.${key}[${index}].resources`));
    }
  }
  return errors;
}

function removedErrors({ resources: now }: Container, { resources: before }: Container, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const kind of ['requests', 'limits'] as const) {
    const names = new Set([...Object.keys(now?.[kind] ?? {}), ...Object.keys(before?.[kind] ?? {})]);
    const removed = Object.keys(before?.[kind] ?? {}).some((name) => now?.[kind]?.[name] === undefined);
    if (removed) errors.push(forbidden(`${field}.${kind}`, `resource ${kind} cannot be removed`));
    for (const name of names) {
      if (name === 'cpu' || name === 'memory' || now?.[kind]?.[name] === before?.[kind]?.[name]) continue;
      errors.push(forbidden('spec', 'only cpu and memory resources are mutable'));
    }
  }
  return errors;
}
