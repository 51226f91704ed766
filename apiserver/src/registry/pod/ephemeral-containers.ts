import type { Pod } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, quoted } from '../validation/field-error.ts';
import { unifiedDiff } from '../validation/unified-diff.ts';
import { defaultPod } from './defaults.ts';
import { specSubresource } from './spec-subresource.ts';

/** `pods/ephemeralcontainers`: adds containers to a pod that has been created, for debugging. They can only be added. */
export const ephemeralContainersHandler = specSubresource({
  take(draft, wanted) {
    draft.spec.ephemeralContainers = structuredClone(wanted.spec.ephemeralContainers);
    defaultPod(draft);
  },
  errors: changeErrors,
});

function changeErrors(draft: Pod, old: Pod): FieldError[] {
  const field = 'spec.ephemeralContainers';
  const now = new Map((draft.spec.ephemeralContainers ?? []).map((container) => [container.name, container]));
  return (old.spec.ephemeralContainers ?? []).flatMap((before) => {
    const after = now.get(before.name);
    const which = `existing ephemeral containers ${quoted(before.name)}`;
    if (after === undefined) return [forbidden(field, `${which} may not be removed\n`)];
    if (deepEqual(before, after)) return [];
    return [forbidden(field, `${which} may not be changed\n${unifiedDiff(before, after)}`)];
  });
}
