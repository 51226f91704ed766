import {
  type Component,
  isAlreadyExists,
  NAMESPACES,
  ReconcileLoop,
  SERVICE_ACCOUNTS,
  type ServiceAccount,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isNamespaceTerminating } from '../namespace-terminating.ts';

const NAME = 'default';

/** Keeps a ServiceAccount `default` in every living namespace: pods that name none run as it. */
export function serviceAccountController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const namespaces = informers.informer(NAMESPACES);
  const accounts = informers.informer(SERVICE_ACCOUNTS);
  const loop = new ReconcileLoop({ name: 'service-account', runtime, workers: 4, reconcile });

  namespaces.onChange({
    added: ({ metadata }) => loop.add(metadata.name),
    updated: ({ metadata }) => loop.add(metadata.name),
  });
  accounts.onChange({
    deleted: ({ metadata }: ServiceAccount) => metadata.name === NAME && loop.add(metadata.namespace ?? ''),
  });

  return composeController('service-account', context, [loop]);

  async function reconcile(namespace: string): Promise<void> {
    const found = namespaces.store.get(namespace);
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return;
    if (accounts.store.get(`${namespace}/${NAME}`) !== undefined) return;
    try {
      await client.create(SERVICE_ACCOUNTS, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { namespace, name: NAME },
      });
    } catch (error) {
      if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
    }
  }
}
