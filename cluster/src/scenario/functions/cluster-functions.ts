import { surrounded, type FunctionTable } from './scenario-function.ts';

/** Something that only the cluster knows. */
export type Question =
  | {
      readonly about: 'object';
      readonly apiVersion: string;
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly about: 'list'; readonly apiVersion: string; readonly kind: string; readonly namespace: string }
  | { readonly about: 'kind'; readonly apiVersion: string; readonly kind: string }
  | { readonly about: 'version' };

/** Functions that ask the cluster. Their first argument, `$client` or `$config`, is Chainsaw's: here there is one cluster. */
export const CLUSTER_FUNCTIONS: FunctionTable = {
  x_k8s_exists: surrounded(
    ['any', 'string', 'string', 'string', 'string'],
    ({ ask }, _client, apiVersion, kind, namespace, name) =>
      ask({ about: 'object', apiVersion, kind, namespace, name }) !== null,
  ),
  x_k8s_get: surrounded(
    ['any', 'string', 'string', 'string', 'string'],
    ({ ask }, _client, apiVersion, kind, namespace, name) => {
      const object = ask({ about: 'object', apiVersion, kind, namespace, name });
      if (object === null) throw new Error(`there is no ${kind} ${namespace === '' ? name : `${namespace}/${name}`}`);
      return object;
    },
  ),
  x_k8s_list: surrounded(['any', 'string', 'string', 'string?'], ({ ask }, _client, apiVersion, kind, namespace = '') =>
    ask({ about: 'list', apiVersion, kind, namespace }),
  ),
  x_k8s_resource_exists: surrounded(['any', 'string', 'string'], ({ ask }, _client, apiVersion, kind) =>
    ask({ about: 'kind', apiVersion, kind }),
  ),
  x_k8s_server_version: surrounded(['any'], ({ ask }) => ask({ about: 'version' })),
};
