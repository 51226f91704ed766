import type { DeleteOptions, Eviction, Pod } from '@kubarium/shared';
import { badRequest, conflict } from '@kubarium/shared';
import type { SubresourceHandler } from '../registry.ts';
import { createdStatus } from '../store/success-status.ts';
import { setPodCondition } from './condition.ts';

/** The group resource that the real server names in these conflicts. */
const POD = { group: '', resource: 'Pod' };

/**
 * `pods/eviction`: a graceful delete that says why it happens.
 * Simplified: the real one asks the pod's PodDisruptionBudget first and answers 429 where that allows no disruption; there are no
 * PodDisruptionBudgets yet.
 */
export const evictionHandler: SubresourceHandler = {
  async create(call, body) {
    const { deleteOptions = {}, metadata } = body as Eviction;
    const { context, target } = call;
    if (target.name !== metadata.name) throw badRequest('name in URL does not match name in Eviction object');
    let options: DeleteOptions = deleteOptions;
    const dryRun = context.dryRun || (options.dryRun ?? []).length > 0;
    if (!dryRun) {
      const marked = await call.revise((draft, current) => {
        checkPreconditions(current as Pod, options);
        setPodCondition(
          draft as Pod,
          {
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'EvictionByEvictionAPI',
            message: 'Eviction API: evicting',
          },
          context.runtime.clock.now(),
        );
      });
      if (options.preconditions?.resourceVersion !== undefined) {
        const { resourceVersion } = marked.metadata;
        options = { ...options, preconditions: { ...options.preconditions, resourceVersion } };
      }
    }
    await call.parent.delete({ ...context, dryRun }, target, options);
    return createdStatus();
  },
};

function checkPreconditions({ metadata }: Pod, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  if (uid && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    throw conflict(POD, metadata.name, why);
  }
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    throw conflict(POD, metadata.name, why);
  }
}
