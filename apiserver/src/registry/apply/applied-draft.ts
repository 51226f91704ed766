import { apiVersionOf, badRequest, timestamp, type ApiObject } from '@kubarium/shared';
import { decodePatched, type AppliedPatch } from '../patch/apply-patch.ts';
import { isObject, type Json } from '../json.ts';
import type { PatchRequest } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { conform } from '../schema/conform.ts';
import { decodeFlaws } from '../schema/decode-flaws.ts';
import { decodeTarget, planOfKind } from '../schema/kind-check.ts';
import type { RequestContext } from '../strategy.ts';
import { KUBECTL, lastAppliedFields, renewLastApplied } from './last-applied.ts';
import { applyConfiguration } from './server-side-apply.ts';
import { typedErrors } from './typed-errors.ts';
import { typeNamed } from './typed-value.ts';

export interface DraftRequest extends PatchRequest {
  readonly subresource?: string | undefined;
  readonly context: RequestContext;
}

/**
 * The draft that a server-side apply makes of the current object (undefined: of none). Throws StatusError: 400 for a configuration that is
 * not of the kind, 409 for fields that others own.
 *
 * Simplified: a configuration that does not fit the schema is a 400; the real server answers the same words with a 500.
 */
export function appliedDraft(
  definition: ResourceDefinition,
  current: ApiObject | undefined,
  request: DraftRequest,
): AppliedPatch {
  const { group, version, kind, schema } = definition;
  const configuration = isObject(request.patch) ? request.patch : {};
  const apiVersion = apiVersionOf({ group, version });
  const metadata = isObject(configuration['metadata']) ? configuration['metadata'] : {};
  if (configuration['apiVersion'] !== apiVersion || configuration['kind'] !== kind) {
    throw badRequest(`invalid object type: ${goKind(configuration)}`);
  }
  if (metadata['managedFields'] !== undefined && metadata['managedFields'] !== null) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const target = decodeTarget(group, version, kind)!;
  const plan = planOfKind(target, target)!;
  const type = typeNamed(schema);
  const errors = typedErrors(configuration, type);
  if (errors.length > 0) throw badRequest(typedError(configuration, metadata, errors));
  const { object: canonical, fits } = conform(plan, configuration);
  if (!fits) throw badRequest(typedError(configuration, metadata, [decodeFlaws(plan, configuration).misfit ?? '']));
  const { context, subresource, force = false, fieldManager = '' } = request;
  const { object, managedFields } = applyConfiguration(current as unknown as Json | undefined, type, {
    configuration,
    canonical: canonical as unknown as Json,
    force,
    manager: { name: fieldManager, apiVersion, subresource, time: timestamp(context.runtime.clock.now()) },
    hasStatus: 'status' in definition.subresources,
    metadataKeptFromStatus: definition.strategy.metadataKeptFromStatus,
    lastApplied: current === undefined ? undefined : lastAppliedFields(current as unknown as Json, plan, type),
  });
  const { draft, warnings } = decodePatched(target, object, request);
  draft.metadata.managedFields = managedFields;
  if (fieldManager === KUBECTL) renewLastApplied(draft as unknown as Json, configuration);
  // Optimistic locking is by what the client said, where it said something.
  const said = metadata['resourceVersion'];
  draft.metadata.resourceVersion =
    typeof said === 'string' && said !== '' ? said : (current?.metadata.resourceVersion ?? '');
  return { draft, warnings };
}

function goKind(object: Json): string {
  const [version = '', group = ''] = text(object['apiVersion']).split('/', 2).toReversed();
  return `${group}/${version}, Kind=${text(object['kind'])}`;
}

function typedError(object: Json, metadata: Json, errors: readonly string[]): string {
  const name = `${text(metadata['namespace'])}/${text(metadata['name'])}`;
  const why = errors.length === 1 ? errors[0] : `errors:\n  ${errors.join('\n  ')}`;
  return `failed to create typed patch object (${name}; ${goKind(object)}): ${why}`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
