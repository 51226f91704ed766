import type { Namespace } from '@kubarium/shared';
import { conflict, invalid, NAMESPACES } from '@kubarium/shared';
import type { SubresourceHandler } from '../registry.ts';
import { isOutdated } from '../store/resource-version.ts';
import { uidConflict } from '../store/write-checks.ts';
import { finalizerNameErrors } from './finalizers.ts';

/**
 * `namespaces/finalize`: takes a name off `spec.finalizers` once that one's work is done; the last one lets the namespace go.
 * Simplified: the real server takes over the metadata of the object too.
 */
export const finalizeHandler: SubresourceHandler = {
  async update(call, body) {
    const wanted = body as Namespace;
    const { uid, resourceVersion } = wanted.metadata;
    const { name } = call.target;
    return call.revise((draft, current) => {
      if (uid && uid !== current.metadata.uid) {
        throw uidConflict(call.parent.definition, wanted.metadata, current.metadata.uid);
      }
      const errors = finalizerNameErrors(wanted.spec?.finalizers ?? [], (index) => `spec.finalizers[${index}]`);
      if (errors.length > 0) throw invalid(NAMESPACES, name, errors);
      if (isOutdated(resourceVersion, current.metadata.resourceVersion)) {
        throw conflict(NAMESPACES, name);
      }
      (draft as Namespace).spec = { ...wanted.spec };
    });
  },
};
