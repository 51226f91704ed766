import { apiVersionOf, deepEqual, timestamp, type ApiObject } from '@kubarium/shared';
import { keepOwners } from '../apply/managed-fields.ts';
import { trackUpdate } from '../apply/track-update.ts';
import { typeNamed } from '../apply/typed-value.ts';
import type { Json } from '../json.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { RequestContext } from '../strategy.ts';
import { generateNameErrors, validateObjectMeta } from '../validation/object-meta.ts';
import { checkValid } from './write-checks.ts';

/**
 * What a change is about: the object as a client replaces it; its status (the subresource); or whatever a subresource with a
 * meaning of its own does to it (binding, scale, finalize), which no strategy holds back.
 */
export type ChangedPart = 'whole' | 'status' | 'any';

export interface ObjectUpdate {
  /** What is wanted; changed in place. */
  readonly draft: ApiObject;
  readonly old: ApiObject;
  readonly part: ChangedPart;
  /** True where the draft's managed fields are already those of the change (server-side apply). */
  readonly isApply?: boolean | undefined;
  readonly context: RequestContext;
}

/** What an object becomes by a change; throws what is wrong with it (k8s.io/apiserver registry/rest/update.go). */
export function beforeUpdate(definition: ResourceDefinition, update: ObjectUpdate): ApiObject {
  if (update.isApply !== true) keepOwners(update.draft.metadata, update.old.metadata, update.part !== 'whole');
  const draft = update.part === 'status' ? statusChange(definition, update) : contentChange(definition, update);
  if (update.isApply !== true) trackOwners(definition, draft, update);
  return draft;
}

function contentChange(definition: ResourceDefinition, { draft, old, part, context }: ObjectUpdate): ApiObject {
  const { strategy, subresources } = definition;
  if (part === 'whole') {
    if ('status' in subresources) setStatus(draft, old);
    strategy.prepareForUpdate?.(draft, old, context);
  }
  const { generation } = old.metadata;
  const bumps = (): boolean => strategy.bumpsGeneration?.(draft, old) ?? contentChanged(draft, old);
  if (generation !== undefined && strategy.withoutGeneration !== true && bumps()) {
    draft.metadata.generation = generation + 1;
  }
  // What a subresource makes of the object is its own business.
  if (part === 'any') return draft;
  checkValid(definition, old.metadata, [
    ...validateObjectMeta(draft.metadata, old.metadata, definition),
    ...(strategy.checksGenerateName === undefined ? generateNameErrors(draft.metadata, strategy) : []),
    ...(strategy.validate?.(draft, old) ?? []),
    ...(strategy.validateUpdate?.(draft, old) ?? []),
  ]);
  return draft;
}

/** The status and metadata of the draft, the rest of the old object. */
function statusChange(definition: ResourceDefinition, { draft: wanted, old }: ObjectUpdate): ApiObject {
  const { strategy } = definition;
  const kept = (strategy.metadataKeptFromStatus ?? []).map((field) => [field, old.metadata[field]] as const);
  const draft = { ...old, metadata: { ...wanted.metadata, ...Object.fromEntries(kept) } };
  setStatus(draft, wanted);
  strategy.prepareForStatusUpdate?.(draft, old);
  checkValid(definition, old.metadata, [
    ...validateObjectMeta(draft.metadata, old.metadata, definition),
    ...(strategy.validateStatusUpdate?.(draft, old) ?? []),
  ]);
  return draft;
}

/** Keeps account of who owns what, for objects that were applied. */
function trackOwners(definition: ResourceDefinition, draft: ApiObject, { old, part, context }: ObjectUpdate): void {
  if ((draft.metadata.managedFields?.length ?? 0) === 0) return;
  const { schema, subresources } = definition;
  const { fieldManager, runtime } = context;
  const writer = {
    name: fieldManager ?? 'unknown',
    apiVersion: apiVersionOf(definition),
    time: timestamp(runtime.clock.now()),
    ...(part === 'status' && { subresource: 'status' }),
  };
  const isFree = part === 'any' || !('status' in subresources);
  draft.metadata.managedFields = trackUpdate(asJson(old), asJson(draft), typeNamed(schema), writer, !isFree);
}

const asJson = (object: ApiObject): Json => object as unknown as Json;

function setStatus(draft: ApiObject, from: ApiObject): void {
  const { status } = from as { status?: unknown };
  if (status === undefined) delete (draft as { status?: unknown }).status;
  else (draft as { status?: unknown }).status = status;
}

const contentChanged = (draft: ApiObject, old: ApiObject): boolean => !deepEqual(content(draft), content(old));

function content(object: ApiObject): unknown {
  const { metadata: _, status: __, ...rest } = object as ApiObject & { status?: unknown };
  return rest;
}
