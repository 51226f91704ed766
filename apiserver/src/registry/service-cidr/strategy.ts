import type { ServiceCIDR } from '@kubarium/shared';
import { age } from '../printing/age.ts';
import type { ServiceAllocator } from '../service/allocation.ts';
import type { Strategy } from '../strategy.ts';
import { validateServiceCidr, validateServiceCidrChange } from './validation.ts';

/** The meaning of ServiceCIDRs: those that are ready give Services their addresses. */
export function serviceCidrStrategy(allocator: ServiceAllocator): Strategy<ServiceCIDR> {
  const offer = (stored: ServiceCIDR): void =>
    allocator.offerRange(stored.metadata.name, isReady(stored) ? (stored.spec.cidrs ?? []) : []);
  return {
    checksGenerateName: 'on create',
    withoutGeneration: true,
    validate: (draft, old) => (old === undefined ? validateServiceCidr(draft) : []),
    validateUpdate: validateServiceCidrChange,
    metadataKeptFromStatus: ['labels', 'annotations', 'finalizers', 'ownerReferences', 'deletionTimestamp'],
    stored: offer,
    restore: offer,
    release: ({ metadata }) => allocator.offerRange(metadata.name, []),
    tableCells: ({ metadata, spec }, nowMs) => [
      metadata.name,
      (spec.cidrs ?? []).join(','),
      age(metadata.creationTimestamp, nowMs),
    ],
  };
}

/** One of which no controller has said anything yet counts as ready, as the real allocator has it. */
const isReady = ({ metadata, status }: ServiceCIDR): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'True') === 'True';
