import type { ApiObject, Runtime } from '@kubarium/shared';
import { badRequest, seededRandom, silentLogger, VirtualClock } from '@kubarium/shared';
import type { LogStorage } from '../../storage/log-storage.ts';
import { objectCodec } from '../../storage/object-codec.ts';
import { openSqliteStorage } from '../../storage/sqlite-storage.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import type { PatchApplier } from '../store/patch-applier.ts';
import { RegistryStore } from '../store/registry-store.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { RequestContext } from '../strategy.ts';
import { namespaces } from './fake-definitions.ts';

const applyMergePatch: PatchApplier = (_definition, current, { patch }) => {
  if (typeof patch !== 'object' || patch === null) throw badRequest('not an object');
  return { draft: structuredClone(mergePatch(current, patch)) as ApiObject, warnings: [] };
};

export interface TestRegistry {
  readonly registry: RegistryStore;
  readonly storage: LogStorage<ApiObject>;
  readonly clock: VirtualClock;
  readonly context: RequestContext;
  readonly dryRun: RequestContext;
}

/** A registry in memory over made-up kinds, with the namespace `default`, in virtual time. */
export const testRegistry = (...definitions: ResourceDefinition[]): Promise<TestRegistry> =>
  registryOf((_runtime) => [namespaces, ...definitions]);

/** A Namespace as it is read from a request. */
export const namespaceDraft = (name: string): ApiObject =>
  ({ kind: 'Namespace', apiVersion: 'v1', metadata: { name }, spec: {}, status: {} }) as unknown as ApiObject;

/** A registry over given rows (Namespace among them), in memory or on a file, with the namespace `default`, in virtual time. */
export async function registryOf(
  rows: (runtime: Runtime) => readonly ResourceDefinition[],
  path = ':memory:',
): Promise<TestRegistry> {
  const clock = new VirtualClock();
  const runtime = { clock, random: seededRandom(1), logger: silentLogger };
  const storage = openSqliteStorage({ path, codec: objectCodec });
  const registry = new RegistryStore({
    storage,
    definitions: rows(runtime),
    runtime,
    applyPatch: applyMergePatch,
  });
  const context = { user: { name: 'tester', groups: [] }, runtime, dryRun: false };
  await registry.resource('', 'v1', 'namespaces')!.create(context, {}, namespaceDraft('default'));
  return { registry, storage, clock, context, dryRun: { ...context, dryRun: true } };
}
