import { ENDPOINT_SLICES, type Clock, type EndpointSlice, type KubeClient } from '@kubarium/shared';

const SELECTION = { namespace: 'kube-system', labelSelector: 'kubernetes.io/service-name=kube-dns' };

/**
 * Resolves once cluster DNS has a ready pod: what runs from then on can resolve names. Resolves after `limitMs` all the same, for a
 * cluster whose user took DNS away.
 */
export function dnsReady(client: KubeClient, clock: Clock, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel();
      close();
      resolve();
    };
    const timer = clock.setTimer(limitMs, end);
    const close = client.watch<EndpointSlice>(ENDPOINT_SLICES, SELECTION, {
      event: ({ type, object }) => {
        if (type !== 'DELETED' && object.endpoints.some(({ conditions }) => conditions?.ready === true)) end();
      },
      end,
    });
  });
}
