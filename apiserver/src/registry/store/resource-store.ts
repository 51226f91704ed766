import type { ApiObject, DeleteOptions } from '@kubarium/shared';
import {
  conflict,
  copyJson,
  isAlreadyExists,
  isConflict,
  isNotFound,
  methodNotSupported,
  StatusError,
} from '@kubarium/shared';
import { appliedDraft } from '../apply/applied-draft.ts';
import type { ObjectReader } from './object-reader.ts';
import { render, WrittenObject } from './object-view.ts';
import type { ObjectWatcher } from './object-watcher.ts';
import type { ObjectWriter } from './object-writer.ts';
import type { PatchApplier } from './patch-applier.ts';
import type {
  ListAnswer,
  ListQuery,
  PatchRequest,
  ReadOptions,
  Registry,
  Rendered,
  ResourceRegistry,
  SubresourceCall,
  SubresourceHandler,
  Target,
  WatchQuery,
  WatchReceiver,
  Written,
} from '../registry.ts';
import { checkNames, checkNamespace } from './write-checks.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { RequestContext } from '../strategy.ts';
import { withoutRepeatedOwners } from '../validation/owner-references.ts';

const uidMismatch = (uid: string): string =>
  `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;

/** As many as the real server makes. */
const PATCH_ATTEMPTS = 5;

export interface ResourceStoreParts {
  readonly definition: ResourceDefinition;
  readonly registry: Registry;
  readonly reader: ObjectReader;
  readonly writer: ObjectWriter;
  readonly watcher: ObjectWatcher;
  readonly applyPatch: PatchApplier;
}

/** The generic implementation of a resource's verbs; `status` is the strategy's, other subresources have handlers. */
export class ResourceStore implements ResourceRegistry {
  readonly definition: ResourceDefinition;
  readonly #parts: ResourceStoreParts;

  constructor(parts: ResourceStoreParts) {
    this.definition = parts.definition;
    this.#parts = parts;
  }

  async get(context: RequestContext, target: Target, options?: ReadOptions, subresource?: string): Promise<Rendered> {
    const handler = this.#handler(subresource);
    if (handler === undefined) return this.#parts.reader.get(target, options);
    if (handler.get === undefined) throw methodNotSupported(this.definition, 'get');
    // What it is part of must be there, and as new as is asked for.
    this.#parts.reader.get(target, options);
    return render(await handler.get(this.#call(context, target)));
  }

  async list(_context: RequestContext, query: ListQuery): Promise<ListAnswer> {
    return this.#parts.reader.list(query);
  }

  watch(_context: RequestContext, query: WatchQuery, receiver: WatchReceiver): Disposable {
    return this.#parts.watcher.watch(query, receiver);
  }

  async create(
    context: RequestContext,
    target: Partial<Target>,
    draft: ApiObject,
    subresource?: string,
  ): Promise<Written> {
    tellFlaws(context, [], draft, false);
    const handler = this.definition.virtual ?? this.#handler(subresource);
    if (handler === undefined) return this.#parts.writer.create(context, target, draft);
    if (handler.create === undefined) throw methodNotSupported(this.definition, 'create');
    checkNamespace(this.definition, draft, target.namespace);
    const call = this.#call(context, { namespace: target.namespace, name: target.name ?? draft.metadata.name ?? '' });
    return new WrittenObject(render(await handler.create(call, draft)), true);
  }

  async update(context: RequestContext, target: Target, draft: ApiObject, subresource?: string): Promise<Written> {
    tellFlaws(context, [], draft, false);
    const handler = this.#handler(subresource);
    if (handler === undefined) {
      return this.#parts.writer.update(context, target, draft, subresource === 'status' ? 'status' : 'whole');
    }
    if (handler.update === undefined) throw methodNotSupported(this.definition, 'update');
    checkNames(this.definition, draft, target, true);
    return new WrittenObject(render(await handler.update(this.#call(context, target), draft)), false);
  }

  async patch(context: RequestContext, target: Target, request: PatchRequest, subresource?: string): Promise<Written> {
    const handler = this.#handler(subresource);
    if (handler !== undefined) return await this.#patchSubresource(context, target, request, subresource!, handler);
    if (request.type === 'application/apply-patch+yaml') return this.#apply(context, target, request, subresource);
    const { applyPatch, writer } = this.#parts;
    // The patch is applied within the atomic step, so there is no conflict to try again after.
    return writer.change(context, target, {
      draft: (current) => {
        const { draft, warnings } = applyPatch(this.definition, current, request);
        tellFlaws(context, warnings, draft, true);
        return draft;
      },
      part: subresource === 'status' ? 'status' : 'whole',
      checksUid: false,
    });
  }

  /** Server-side apply: changes the object, or makes it. */
  async #apply(context: RequestContext, target: Target, request: PatchRequest, subresource?: string): Promise<Written> {
    const { writer } = this.#parts;
    const draftOf = (current: ApiObject | undefined): ApiObject => {
      const { draft, warnings } = appliedDraft(this.definition, current, { ...request, subresource, context });
      tellFlaws(context, warnings, draft, true);
      return draft;
    };
    for (;;) {
      try {
        const part = subresource === 'status' ? 'status' : 'whole';
        const change = { draft: draftOf, part, checksUid: false, isApply: true } as const;
        return await writer.change(context, target, change);
      } catch (error) {
        if (!isNotFound(error) || subresource !== undefined || writer.exists(target)) throw error;
      }
      try {
        const draft = draftOf(undefined);
        const { uid } = draft.metadata;
        if (uid) throw conflict(this.definition, target.name, uidMismatch(uid));
        draft.metadata.resourceVersion = '';
        return await writer.createApplied(context, target, draft);
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
    }
  }

  /** Read, patch, update: again where somebody wrote in between, unless the patch itself names the version it is for. */
  async #patchSubresource(
    context: RequestContext,
    target: Target,
    request: PatchRequest,
    subresource: string,
    handler: SubresourceHandler,
  ): Promise<Written> {
    if (handler.get === undefined) throw methodNotSupported(this.definition, 'patch');
    for (let attempt = 1; ; attempt++) {
      const current = await handler.get(this.#call(context, target));
      const { draft, warnings } = this.#parts.applyPatch(this.definition, current, request);
      context.warn?.(warnings);
      try {
        return await this.update(context, target, draft, subresource);
      } catch (error) {
        const namesVersion = draft.metadata.resourceVersion !== current.metadata.resourceVersion;
        if (!isConflict(error) || namesVersion || attempt === PATCH_ATTEMPTS) throw error;
      }
    }
  }

  delete(
    context: RequestContext,
    target: Target,
    options: DeleteOptions,
  ): Promise<{ readonly body: Rendered; readonly done: boolean }> {
    return this.#parts.writer.delete(context, target, options);
  }

  async deleteCollection(context: RequestContext, query: ListQuery, options: DeleteOptions): Promise<ListAnswer> {
    const answer = this.#parts.reader.list(query);
    await Promise.all(
      answer.items.map(async ({ value: { metadata } }) => {
        try {
          await this.#parts.writer.delete(context, metadata, { ...options });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }),
    );
    return answer;
  }

  #handler(subresource: string | undefined): SubresourceHandler | undefined {
    if (subresource === undefined) return undefined;
    const handler = this.definition.handlers?.[subresource];
    if (handler !== undefined) return handler;
    if (subresource === 'status' && 'status' in this.definition.subresources) return undefined;
    throw new StatusError({
      message: 'the server could not find the requested resource',
      reason: 'NotFound',
      details: {},
      code: 404,
    });
  }

  #call(context: RequestContext, target: Target): SubresourceCall {
    return {
      context,
      registry: this.#parts.registry,
      parent: this,
      target,
      revise: async (revise) => {
        const written = await this.#parts.writer.change(context, target, {
          draft: (current) => {
            const draft = copyJson(current);
            revise(draft, current);
            return draft;
          },
          part: 'any',
          checksUid: false,
        });
        return written.value;
      },
    };
  }
}

/** Tells of the flaws of a draft, and takes owners out that it has twice, whether or not somebody is told. */
function tellFlaws(context: RequestContext, known: readonly string[], draft: ApiObject, isPatched: boolean): void {
  const flaws = [...known, ...withoutRepeatedOwners(draft.metadata, isPatched)];
  context.warn?.(flaws);
}
