import { isNotFound, type ApiObject, type Runtime } from '@kubarium/shared';
import { AdmissionChain } from '../../admission/admission-chain.ts';
import type { AdmissionPlugin } from '../../admission/admission.ts';
import { NamespaceLifecycle } from '../../admission/namespace-lifecycle.ts';
import type { Storage } from '../../storage/storage.ts';
import { Bookmarks } from './bookmarks.ts';
import { ObjectReader } from './object-reader.ts';
import { ObjectView } from './object-view.ts';
import { ObjectWatcher } from './object-watcher.ts';
import { ObjectWriter, type WriterParts } from './object-writer.ts';
import type { PatchApplier } from './patch-applier.ts';
import type { Registry } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { ResourceStore } from './resource-store.ts';

export interface RegistryStoreOptions {
  readonly storage: Storage<ApiObject>;
  /** The rows of the resource table, in discovery order. */
  readonly definitions: readonly ResourceDefinition[];
  readonly runtime: Runtime;
  readonly applyPatch: PatchApplier;
  /** Asked after NamespaceLifecycle, in this order. */
  readonly admission?: readonly AdmissionPlugin[] | undefined;
}

/** Every served resource over one storage. What stored objects hold of shared pools (addresses, ports) is taken at once. */
export class RegistryStore implements Registry {
  readonly #definitions: readonly ResourceDefinition[];
  readonly #stores = new Map<string, ResourceStore>();

  constructor(options: RegistryStoreOptions) {
    const { storage, definitions, runtime, applyPatch } = options;
    this.#definitions = definitions;
    const admission = new AdmissionChain([new NamespaceLifecycle(storage), ...(options.admission ?? [])], this);
    const bookmarks = new Bookmarks(runtime);
    for (const definition of definitions) {
      const view = new ObjectView(definition);
      const store = new ResourceStore({
        definition,
        registry: this,
        reader: new ObjectReader(definition, storage, view),
        writer: new ObjectWriter({
          definition,
          storage,
          view,
          admission,
          removeCompanion: this.#companionOf(definition),
        }),
        watcher: new ObjectWatcher(definition, storage, view, bookmarks),
        applyPatch,
      });
      this.#stores.set(nameOf(definition), store);
      restore(definition, storage);
    }
  }

  #companionOf({ companion }: ResourceDefinition): WriterParts['removeCompanion'] {
    if (companion === undefined) return undefined;
    const { group, version, resource } = companion;
    return (context, { namespace, name }) =>
      this.resource(group, version, resource)!
        .delete(context, { namespace, name }, {})
        .catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
  }

  resource(group: string, version: string, resource: string): ResourceStore | undefined {
    return this.#stores.get(nameOf({ group, version, resource }));
  }

  definitions(): readonly ResourceDefinition[] {
    return this.#definitions;
  }
}

const nameOf = ({ group, version, resource }: Pick<ResourceDefinition, 'group' | 'version' | 'resource'>): string =>
  `${group}/${version}/${resource}`;

function restore({ strategy, storagePrefix }: ResourceDefinition, storage: Storage<ApiObject>): void {
  if (strategy.restore === undefined) return;
  for (const { value } of storage.list(`${storagePrefix}/`).items) strategy.restore(value);
}
