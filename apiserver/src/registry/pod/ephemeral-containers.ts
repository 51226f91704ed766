import type { Pod } from '@kubarium/shared';
import { conflict, deepEqual, invalid as invalidObject, PODS } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import type { SubresourceHandler } from '../registry.ts';
import { forbidden, quoted } from '../validation/field-error.ts';
import { unifiedDiff } from '../validation/unified-diff.ts';
import { defaultPod } from './defaults.ts';
import { validatePod } from './validation.ts';

/** `pods/ephemeralcontainers`: adds containers to a pod that has been created, for debugging. They can only be added. */
export const ephemeralContainersHandler: SubresourceHandler = {
  async get({ context, parent, target }) {
    return (await parent.get(context, target)).value;
  },

  async update(call, body) {
    const wanted = body as Pod;
    const { resourceVersion } = wanted.metadata;
    return call.revise((draft, current) => {
      if (resourceVersion && resourceVersion !== current.metadata.resourceVersion)
        throw conflict(PODS, call.target.name);
      const pod = draft as Pod;
      pod.spec.ephemeralContainers = structuredClone(wanted.spec.ephemeralContainers);
      defaultPod(pod);
      const errors = [...validatePod(pod), ...changeErrors(pod, current as Pod)];
      if (errors.length > 0) throw invalidObject(PODS, call.target.name, errors);
    });
  },
};

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
