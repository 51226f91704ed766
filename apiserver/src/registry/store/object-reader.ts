import type { ApiObject } from '@kubarium/shared';
import { badRequest, expired, notFound, tooLargeResourceVersion } from '@kubarium/shared';
import { isStorageError } from '../../storage/storage-error.ts';
import type { ListResult, Storage, Stored } from '../../storage/storage.ts';
import { decodeContinueToken, encodeContinueToken } from './continue-token.ts';
import { FieldIndex } from './field-index.ts';
import type { ObjectView } from './object-view.ts';
import type { ListAnswer, ListQuery, ReadOptions, Rendered, Target } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { parseResourceVersion } from './resource-version.ts';
import { IndexedField, Selection } from './selection.ts';
import { storageFolder, storageKey } from './storage-key.ts';

const EXPIRED_LIST = 'The resourceVersion for the provided list is too old.';
const EXPIRED_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** Where a list begins and which state it shows. */
interface Position {
  /** Undefined: what is there now. */
  readonly revision: number | undefined;
  /** Relative to the folder listed. */
  readonly after?: string | undefined;
}

/** Gets and lists of one resource. */
export class ObjectReader {
  readonly #definition: ResourceDefinition;
  readonly #storage: Storage<ApiObject>;
  readonly #view: ObjectView;
  readonly #index: FieldIndex | undefined;

  constructor(definition: ResourceDefinition, storage: Storage<ApiObject>, view: ObjectView) {
    this.#definition = definition;
    this.#storage = storage;
    this.#view = view;
    const field = IndexedField.of(definition);
    this.#index = field === undefined ? undefined : new FieldIndex(field, definition, storage, view);
  }

  get(target: Target, options: ReadOptions = {}): Rendered {
    this.#checkReached(parseResourceVersion(options.resourceVersion));
    const stored = this.#storage.get(storageKey(this.#definition, target));
    if (stored === undefined) throw notFound(this.#definition, target.name);
    return this.#view.show(stored);
  }

  list(query: ListQuery): ListAnswer {
    const selection = new Selection(this.#definition, query);
    const folder = storageFolder(this.#definition, query.namespace);
    const position = this.#position(query);
    // As the real server's cache does, a list of "any" state is never cut into pages.
    const limit = query.resourceVersion === '0' && !query.continue ? undefined : query.limit || undefined;
    const isCurrent = position.revision === undefined && !query.continue;
    const only = isCurrent ? selection.required('metadata.name') : undefined;
    if (only !== undefined) return this.#named(query, only, selection);
    if (isCurrent && limit === undefined) {
      const keys = this.#index?.keys(folder, selection);
      if (keys !== undefined)
        return this.#selected(
          keys.map((key) => this.#storage.get(key)),
          selection,
        );
    }
    const items: Rendered[] = [];
    let { after } = position;
    for (;;) {
      const page = this.#page(folder, { ...position, after }, limit === undefined ? undefined : limit - items.length);
      for (const stored of page.items) {
        const rendered = this.#view.show(stored);
        if (selection.isEverything || selection.matches(rendered.value)) items.push(rendered);
      }
      after = page.items.at(-1)?.key.slice(folder.length);
      const isFull = limit === undefined || items.length >= limit;
      if (page.remaining > 0 && !isFull) continue;
      return { resourceVersion: String(page.revision), items, ...this.#rest(page, after, position, selection) };
    }
  }

  #rest(page: ListResult<ApiObject>, after: string | undefined, { revision }: Position, { isEverything }: Selection) {
    if (page.remaining === 0 || after === undefined) return {};
    return {
      continue: encodeContinueToken({ revision: revision === -1 ? -1 : page.revision, after }),
      ...(isEverything ? { remainingItemCount: page.remaining } : {}),
    };
  }

  #named({ namespace }: ListQuery, name: string, selection: Selection): ListAnswer {
    const candidates =
      this.#definition.namespaced && !namespace
        ? this.#storage
            .list(storageFolder(this.#definition, undefined))
            .items.filter(({ key }) => key.endsWith(`/${name}`))
        : [this.#storage.get(storageKey(this.#definition, { namespace, name }))];
    return this.#selected(candidates, selection);
  }

  /** Those of the candidates, in their order, that are there and selected. */
  #selected(candidates: readonly (Stored<ApiObject> | undefined)[], selection: Selection): ListAnswer {
    const items = candidates
      .filter((stored): stored is Stored<ApiObject> => stored !== undefined)
      .map((stored) => this.#view.show(stored))
      .filter(({ value }) => selection.matches(value));
    return { resourceVersion: String(this.#storage.revision), items };
  }

  /** Resource version semantics: Kubernetes docs, "API Concepts: resource versions". */
  #position(query: ListQuery): Position {
    if (query.continue) {
      const position = decodeContinueToken(query.continue);
      if (query.resourceVersion && query.resourceVersion !== '0') {
        throw badRequest('specifying resource version is not allowed when using continue');
      }
      return position;
    }
    const asked = parseResourceVersion(query.resourceVersion, 'invalid resource version: ');
    this.#checkReached(asked);
    if (asked === undefined || asked === 0) return { revision: undefined };
    const isExact = query.resourceVersionMatch === 'Exact' || (!query.resourceVersionMatch && (query.limit ?? 0) > 0);
    return { revision: isExact ? asked : undefined };
  }

  #page(folder: string, { revision, after }: Position, limit: number | undefined): ListResult<ApiObject> {
    try {
      return this.#storage.list(folder, {
        limit,
        after: after === undefined ? undefined : folder + after,
        revision: revision === undefined || revision === -1 ? undefined : revision,
      });
    } catch (error) {
      if (isStorageError(error, 'compacted')) {
        throw after === undefined
          ? expired(EXPIRED_LIST)
          : expired(EXPIRED_CONTINUE, encodeContinueToken({ revision: -1, after }));
      }
      throw isStorageError(error, 'future') ? tooLargeResourceVersion(revision!, this.#storage.revision) : error;
    }
  }

  #checkReached(revision: number | undefined): void {
    if (revision !== undefined && revision > this.#storage.revision) {
      throw tooLargeResourceVersion(revision, this.#storage.revision);
    }
  }
}
