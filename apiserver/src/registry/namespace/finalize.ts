import type { Namespace } from '@kubarium/shared';
import { conflict, invalid, NAMESPACES } from '@kubarium/shared';
import type { SubresourceHandler } from '../registry.ts';
import { validateNamespace } from './validation.ts';

/** `namespaces/finalize`: takes a name off `spec.finalizers` once that one's work is done; the last one lets the namespace go. */
export const finalizeHandler: SubresourceHandler = {
  async update(call, body) {
    const wanted = body as Namespace;
    const { resourceVersion } = wanted.metadata;
    const flaws = validateNamespace(wanted);
    if (flaws.length > 0) throw invalid(NAMESPACES, call.target.name, flaws);
    return call.revise((draft, current) => {
      if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) {
        throw conflict(NAMESPACES, call.target.name);
      }
      (draft as Namespace).spec = { ...wanted.spec };
    });
  },
};
