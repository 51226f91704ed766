import type { ApiConnection } from '../support/api-connection.ts';
import type { ServedResource } from './generator.ts';

/** All resources and subresources that a server has, by its discovery. */
export async function servedResources(api: ApiConnection): Promise<ServedResource[]> {
  const { groups } = await api.json<{ groups: { versions: { groupVersion: string }[] }[] }>('GET', '/apis');
  const roots = [
    '/api/v1',
    ...groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => `/apis/${groupVersion}`)),
  ];
  const lists = await Promise.all(
    roots.map(async (root) => {
      const { resources } = await api.json<{ resources: Omit<ServedResource, 'root'>[] }>('GET', root);
      return resources.map((resource) => ({ ...resource, root }));
    }),
  );
  return lists.flat();
}
