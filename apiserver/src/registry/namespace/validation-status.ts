import type { Namespace } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalid } from '../validation/field-error.ts';

/** All that is wrong with the change of a Namespace's status: the phase follows the deletion. */
export function validateNamespaceStatusChange({ metadata, status }: Namespace): FieldError[] {
  const dying = Boolean(metadata.deletionTimestamp);
  const phase = dying ? 'Terminating' : 'Active';
  if (status.phase === phase) return [];
  const why = `may only be '${phase}' if \`deletionTimestamp\` is ${dying ? 'not ' : ''}empty`;
  return [invalid('status.Phase', status.phase ?? '', why)];
}
