import { invariant, type ApiObject, type Runtime } from '@kubarium/shared';
import { defaultPlugins } from './admission/default-plugins.ts';
import { applyPatch } from './registry/patch/apply-patch.ts';
import type { PatchApplier } from './registry/store/patch-applier.ts';
import { RegistryStore } from './registry/store/registry-store.ts';
import { resourceTable, type ResourceTableOptions } from './registry/resource-table.ts';
import { decodeTarget } from './registry/schema/kind-check.ts';
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
    admission: defaultPlugins,
  });

/** By the kind of what is patched, which is not the resource's own for a subresource such as `scale`. */
const patchStored: PatchApplier = (_definition, current, request) => {
  const { apiVersion, kind } = current;
  const slash = apiVersion.indexOf('/');
  const target = decodeTarget(apiVersion.slice(0, Math.max(0, slash)), apiVersion.slice(slash + 1), kind);
  invariant(target !== undefined, `no schema is recorded for ${apiVersion} ${kind}`);
  return applyPatch(target, current, request);
};
