import { alreadyExists, internalError, notFound, StatusError } from '@kubarium/shared';
import { isStorageError } from '../../storage/storage-error.ts';
import type { ResourceDefinition } from '../resource-definition.ts';

/** What storage could not do, as the API says it; anything else is handed back as it is. */
export function storageFailure(definition: ResourceDefinition, name: string, error: unknown): unknown {
  if (!isStorageError(error)) return error;
  switch (error.code) {
    case 'exists':
      return alreadyExists(definition, name);
    case 'absent':
      return notFound(definition, name);
    case 'unwritable':
      return internalError(`the store cannot be written: ${reasonOf(error)}. Nothing has been changed`);
    // Simplified: the real server answers with 500, and these words are etcd's.
    case 'too-large':
      return new StatusError({
        code: 413,
        reason: 'RequestEntityTooLarge',
        message: 'etcdserver: request is too large',
      });
    case 'compacted':
    case 'future':
      return error;
  }
}

const reasonOf = ({ cause }: Error): string => (cause instanceof Error ? cause.message : String(cause));
