import { isNotFound, NAMESPACES } from '@kubarium/shared';
import type { ComposedCluster } from '../compose-cluster.ts';
import { HttpProxy } from './http-proxy.ts';
import { NameError, PodView } from './pod-view.ts';

export interface ServeHttpProxyOptions {
  /** The port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** The namespace of clients that name none. */
  readonly namespace: string;
}

/**
 * Opens the HTTP proxy into the cluster; resolves with where it is. Rejects with the system's error where the port cannot be had. Each
 * namespace that is asked for gets a place of its own on the pod network, outside of the ranges of pods and nodes.
 */
export async function serveHttpProxy(
  { network, runtime, client }: ComposedCluster,
  options: ServeHttpProxyOptions,
  parts: AsyncDisposableStack,
): Promise<HttpProxy> {
  // Filled as namespaces are asked for, long after the caller's stack has moved on.
  const opened = parts.use(new DisposableStack());
  const views = new Map<string, PodView>();
  const viewOf = async (namespace: string): Promise<PodView> => {
    await client.get(NAMESPACES, { name: namespace }).catch((error: unknown) => {
      throw isNotFound(error) ? new NameError(`there is no namespace ${namespace}`) : error;
    });
    let view = views.get(namespace);
    if (view === undefined) {
      const index = views.size + 1;
      const address = `172.19.${index >> 8}.${index & 255}`;
      view = opened.use(new PodView({ network, runtime, namespace, address }));
      views.set(namespace, view);
    }
    return view;
  };
  const proxy = new HttpProxy({
    ...options,
    connect: async (namespace, host, port, signal) => (await viewOf(namespace)).connect(host, port, signal),
  });
  await proxy.start();
  return parts.use(proxy);
}
