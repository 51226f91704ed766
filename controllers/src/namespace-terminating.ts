import { StatusError } from '@kubarium/shared';

/** True where a create was refused because its namespace is being deleted: nothing to retry, nothing to tell. */
export const isNamespaceTerminating = (error: unknown): boolean =>
  error instanceof StatusError &&
  (error.status.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating');
