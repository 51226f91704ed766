import type { Pod } from '@kubarium/shared';
import { conflict, invalid, PODS } from '@kubarium/shared';
import type { SubresourceHandler } from '../registry.ts';
import { isOutdated } from '../store/resource-version.ts';
import type { FieldError } from '../strategy.ts';
import { validatePod } from './validation.ts';

export interface SpecSubresource {
  /** Takes over from the pod that was sent what the subresource may change. */
  readonly take: (draft: Pod, wanted: Pod) => void;
  /** What is wrong with the change, beside what would be wrong with any pod. */
  readonly errors: (draft: Pod, old: Pod) => FieldError[];
}

/** A subresource of pods that is read as the whole pod and written to change one part of its spec. */
export const specSubresource = ({ take, errors }: SpecSubresource): SubresourceHandler => ({
  async get({ context, parent, target }) {
    return (await parent.get(context, target)).value;
  },

  async update(call, body) {
    const wanted = body as Pod;
    const { resourceVersion } = wanted.metadata;
    return call.revise((draft, current) => {
      if (isOutdated(resourceVersion, current.metadata.resourceVersion)) throw conflict(PODS, call.target.name);
      const pod = draft as Pod;
      take(pod, wanted);
      const wrong = [...validatePod(pod), ...errors(pod, current as Pod)];
      if (wrong.length > 0) throw invalid(PODS, call.target.name, wrong);
    });
  },
});
