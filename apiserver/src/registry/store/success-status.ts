import type { Status } from '@kubarium/shared';

/** What the API answers where a request was done and there is no object to show. */
export const successStatus = (code: number): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  code,
});
