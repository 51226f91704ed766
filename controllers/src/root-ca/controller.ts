import {
  type Component,
  CONFIG_MAPS,
  type ConfigMap,
  isAlreadyExists,
  NAMESPACES,
  ReconcileLoop,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isNamespaceTerminating } from '../namespace-terminating.ts';

const NAME = 'kube-root-ca.crt';

/** Keeps the cluster's CA certificate in a ConfigMap of every living namespace, for pods to mount; restores it when changed. */
export function rootCaController(context: ControllerContext): Component {
  const { client, informers, runtime, rootCertificate } = context;
  const namespaces = informers.informer(NAMESPACES);
  const configMaps = informers.informer(CONFIG_MAPS);
  const loop = new ReconcileLoop({ name: 'root-ca', runtime, workers: 4, reconcile });

  namespaces.onChange({
    added: ({ metadata }) => loop.add(metadata.name),
    updated: ({ metadata }) => loop.add(metadata.name),
  });
  const enqueue = ({ metadata }: ConfigMap): unknown => metadata.name === NAME && loop.add(metadata.namespace ?? '');
  configMaps.onChange({ updated: enqueue, deleted: enqueue });

  return composeController('root-ca', context, [loop]);

  async function reconcile(namespace: string): Promise<void> {
    const found = namespaces.store.get(namespace);
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return;
    const data = { 'ca.crt': rootCertificate };
    const current = configMaps.store.get(`${namespace}/${NAME}`);
    if (current !== undefined) {
      const isRight = Object.keys(current.data ?? {}).length === 1 && current.data?.['ca.crt'] === rootCertificate;
      if (!isRight) await client.update(CONFIG_MAPS, { ...current, data });
      return;
    }
    const description =
      'The certificate authority of this cluster, by which a pod can verify the API server at kubernetes.default.svc.';
    try {
      await client.create(CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace, name: NAME, annotations: { 'kubernetes.io/description': description } },
        data,
      });
    } catch (error) {
      if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
    }
  }
}
