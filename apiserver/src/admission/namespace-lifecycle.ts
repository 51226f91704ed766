import type { ApiObject, Namespace } from '@kubarium/shared';
import { forbidden, NAMESPACES, notFound } from '@kubarium/shared';
import type { RequestContext } from '../registry/strategy.ts';
import type { Storage } from '../storage/storage.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/**
 * Nothing new in a namespace that does not exist (404) or is going (403), and some namespaces never go (403). Docs: "Admission
 * Controllers: NamespaceLifecycle".
 */
export class NamespaceLifecycle implements AdmissionPlugin {
  readonly name = 'NamespaceLifecycle';
  readonly #storage: Storage<ApiObject>;

  constructor(storage: Storage<ApiObject>) {
    this.#storage = storage;
  }

  admit(_context: RequestContext, request: AdmissionRequest): void {
    if (request.operation === 'create') this.#admitCreate(request);
    else if (request.operation === 'delete') admitDelete(request);
  }

  #admitCreate({ definition, namespace, draft }: AdmissionRequest): void {
    if (!definition.namespaced || namespace === undefined || namespace === '') return;
    const found = this.#storage.get(`namespaces/${namespace}`)?.value as Namespace | undefined;
    if (found === undefined) throw notFound(NAMESPACES, namespace);
    if (found.status.phase !== 'Terminating') return;
    throw forbidden(
      definition,
      draft?.metadata.name ?? '',
      `unable to create new content in namespace ${namespace} because it is being terminated`,
      [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    );
  }
}

function admitDelete({ definition, old }: AdmissionRequest): void {
  const isNamespace = definition.group === NAMESPACES.group && definition.resource === NAMESPACES.resource;
  const name = old?.metadata.name ?? '';
  if (isNamespace && IMMORTAL.has(name)) throw forbidden(definition, name, 'this namespace may not be deleted');
}
