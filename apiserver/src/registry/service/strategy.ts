import type { Service } from '@kubarium/shared';
import type { Strategy } from '../strategy.ts';
import type { ServiceAllocator } from './allocation.ts';
import { serviceDefaults } from './defaults.ts';
import { fillFamilies, normalizeClusterIPs } from './ip-families.ts';
import { dns1035LabelErrors } from '../validation/names.ts';
import { dropTypeDependentFields, keepAllocatedValues } from './type-change.ts';
import { serviceTableCells } from './table-cells.ts';
import { validateServiceStatusChange } from './validation-status.ts';
import { validateService } from './validation.ts';
import { serviceWarnings } from './warnings.ts';

/** The meaning of Services, with the pools that they take addresses and ports from. */
export function serviceStrategy(allocator: ServiceAllocator): Strategy<Service> {
  return {
    checksGenerateName: 'on create',
    withoutGeneration: true,
    returnsDeletedObject: true,
    allowCreateOnUpdate: true,
    defaults: serviceDefaults,
    prepareForCreate(draft) {
      draft.status = { loadBalancer: {} };
      normalizeClusterIPs(draft, undefined);
      fillFamilies(draft, undefined);
    },
    prepareForUpdate(draft, old) {
      draft.status = old.status;
      dropTypeDependentFields(draft, old);
      keepAllocatedValues(draft, old);
      normalizeClusterIPs(draft, old);
      fillFamilies(draft, old);
    },
    nameErrors: dns1035LabelErrors,
    validate: validateService,
    validateStatusUpdate: validateServiceStatusChange,
    warnings: serviceWarnings,
    allocate: (draft, old) => allocator.allocate(draft, old),
    restore: (stored) => allocator.restore(stored),
    release: (old) => allocator.release(old),
    selectableFields: {
      'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
      'spec.type': ({ spec }) => spec.type ?? '',
    },
    tableCells: serviceTableCells,
  };
}
