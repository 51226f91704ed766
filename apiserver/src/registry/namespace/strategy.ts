import type { Namespace } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import { dnsLabelErrors } from '../validation/names.ts';
import { namespaceTableCells } from './table-cells.ts';
import { validateNamespace } from './validation.ts';
import { validateNamespaceStatusChange } from './validation-status.ts';

const KUBERNETES = 'kubernetes';

/** The meaning of Namespaces. */
export const namespaceStrategy: Strategy<Namespace> = {
  defaults(draft) {
    if (draft.metadata.name) {
      draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name };
    }
  },
  /** Whatever finalizers a client names, the one of the namespace controller is among them. */
  prepareForCreate(draft) {
    const finalizers = draft.spec?.finalizers ?? [];
    draft.spec = { finalizers: finalizers.includes(KUBERNETES) ? finalizers : [...finalizers, KUBERNETES] };
    draft.status = { phase: 'Active' };
  },
  prepareForUpdate(draft, old) {
    draft.spec = { ...draft.spec, finalizers: old.spec.finalizers };
    draft.status = old.status;
  },
  withoutGeneration: true,
  isHeld: ({ spec }) => (spec.finalizers ?? []).length > 0,
  prepareForDelete(draft) {
    draft.status = { ...draft.status, phase: 'Terminating' };
    delete draft.metadata.deletionGracePeriodSeconds;
  },
  validate: validateNamespace,
  nameErrors: dnsLabelErrors,
  validateStatusUpdate: validateNamespaceStatusChange,
  selectableFields: { 'status.phase': ({ status }) => status?.phase ?? '' },
  tableCells: namespaceTableCells,
};
