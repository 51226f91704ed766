import { invariant, type ApiObject, type Runtime } from '@kubarium/shared';
import { podPlugins } from './admission/pod-plugins.ts';
import { applyPatch } from './registry/patch/apply-patch.ts';
import type { PatchApplier } from './registry/patch-applier.ts';
import { RegistryStore } from './registry/registry-store.ts';
import { resourceTable, type ResourceTableOptions } from './registry/resource-table.ts';
import { decodeTarget } from './registry/schema/kind-check.ts';
import { validateObjectMeta } from './registry/validation/object-meta.ts';
import type { Storage } from './storage/storage.ts';

export interface CreateRegistryOptions extends ResourceTableOptions {
  readonly storage: Storage<ApiObject>;
  readonly runtime: Runtime;
}

/** The registry of every built-in kind over a storage, with the admission plugins and patches of a whole API server. */
export const createRegistry = ({ storage, ...table }: CreateRegistryOptions): RegistryStore =>
  new RegistryStore({
    storage,
    definitions: resourceTable(table),
    runtime: table.runtime,
    applyPatch: patchStored,
    validateMetadata: validateObjectMeta,
    admission: podPlugins,
  });

const patchStored: PatchApplier = ({ group, version, kind }, current, request) => {
  const target = decodeTarget(group, version, kind);
  invariant(target !== undefined, `no schema is recorded for ${group}/${version} ${kind}`);
  return applyPatch(target, current, request);
};
