import type { ConfigMap, Secret } from '@kubarium/shared';
import type { NodeContext } from '../node-context.ts';

/** The objects that a pod may name in its own namespace. */
export interface NamedObjects {
  configMap(name: string): ConfigMap | undefined;
  secret(name: string): Secret | undefined;
}

/** The same out of the node's caches. */
export const namedObjects = (
  { configMaps, secrets }: Pick<NodeContext, 'configMaps' | 'secrets'>,
  namespace: string,
): NamedObjects => ({
  configMap: (name) => configMaps.get(`${namespace}/${name}`),
  secret: (name) => secrets.get(`${namespace}/${name}`),
});
