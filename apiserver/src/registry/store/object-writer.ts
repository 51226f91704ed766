import type { ApiObject, DeleteOptions, ObjectMeta } from '@kubarium/shared';
import {
  alreadyExists,
  badRequest,
  generateNameConflict,
  isAlreadyExists,
  isNotFound,
  shareParts,
  StatusError,
} from '@kubarium/shared';
import type { AdmissionChain } from '../../admission/admission-chain.ts';
import type { Storage, Stored } from '../../storage/storage.ts';
import { isStorageError } from '../../storage/storage-error.ts';
import type { Rendered, Target, Written } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { Allocation, RequestContext } from '../strategy.ts';
import { beforeCreate } from './before-create.ts';
import { beforeUpdate, type ChangedPart } from './before-update.ts';
import { isReleased, planDeletion } from './deletion.ts';
import type { ObjectView } from './object-view.ts';
import { render, renderObject, WrittenObject } from './object-view.ts';
import { isRevision } from './resource-version.ts';
import { storageFailure } from './storage-failure.ts';
import { storageKey } from './storage-key.ts';
import { deletedStatus } from './success-status.ts';
import { keepMetadata } from './system-metadata.ts';
import { checkNames, checkNamespace, checkValid, checkVersion, uidConflict } from './write-checks.ts';

export interface WriterParts {
  readonly definition: ResourceDefinition;
  readonly storage: Storage<ApiObject>;
  readonly view: ObjectView;
  readonly admission: AdmissionChain;
  /** Removes what goes with an object of the resource, where there is such. */
  readonly removeCompanion?: ((context: RequestContext, target: Target) => Promise<unknown>) | undefined;
}

/** What a change of an object starts from and what it is. */
export interface ChangeRequest {
  /** Makes the wanted object: a private draft. Called once, synchronously; may throw a StatusError. */
  readonly draft: (current: ApiObject) => ApiObject;
  readonly part: ChangedPart;
  /** The uid that the client names must be the object's. */
  readonly checksUid: boolean;
  /** True where the draft's managed fields are already those of the change (server-side apply). */
  readonly isApply?: boolean | undefined;
}

/** What a write found and made, before it is durable. */
interface Outcome {
  readonly allocation: Allocation | undefined;
  /** The object as answered where that is not what is stored (dry run, the last state of a removed one). */
  readonly answer: ApiObject | undefined;
  readonly removes: boolean;
}

const VERSION_OF_NEW_OBJECT = 'resourceVersion should not be set on objects to be created';
const NAME_ATTEMPTS = 8;
const GENERATED_SUFFIX = 5;
const MAX_GENERATED_BASE = 58;

/** Creates, changes and deletes objects of one resource, asking its strategy in the order that strategy.ts tells. */
export class ObjectWriter {
  readonly definition: ResourceDefinition;
  readonly #storage: Storage<ApiObject>;
  readonly #view: ObjectView;
  readonly #admission: AdmissionChain;
  readonly #removeCompanion: WriterParts['removeCompanion'];

  constructor({ definition, storage, view, admission, removeCompanion }: WriterParts) {
    this.definition = definition;
    this.#storage = storage;
    this.#view = view;
    this.#admission = admission;
    this.#removeCompanion = removeCompanion;
  }

  create(context: RequestContext, target: Partial<Target>, draft: ApiObject): Promise<Written> {
    delete draft.metadata.managedFields;
    return this.#create(context, target, draft);
  }

  /** Creates the object of a name, with the owners that it says it has: an apply of what is not there. */
  createApplied(context: RequestContext, target: Target, draft: ApiObject): Promise<Written> {
    checkNames(this.definition, draft, target, true);
    return this.#create(context, target, draft);
  }

  async #create(context: RequestContext, { namespace }: Partial<Target>, draft: ApiObject): Promise<Written> {
    const { definition } = this;
    checkNamespace(this.definition, draft, namespace);
    definition.strategy.defaults?.(draft);
    await this.#admission.admitCreate(context, { definition, namespace, draft });
    const { name, generateName } = draft.metadata;
    // No other write can come between the choice and the insertion.
    if (!name && generateName) draft.metadata.name = this.#generatedName(context, draft.metadata, generateName);
    return this.#insert(context, draft);
  }

  #generatedName({ runtime }: RequestContext, { namespace }: ObjectMeta, generateName: string): string {
    const base = generateName.slice(0, MAX_GENERATED_BASE);
    for (let attempt = 1; ; attempt++) {
      const name = base + runtime.random.suffix(GENERATED_SUFFIX);
      if (!this.#storage.isTaken(storageKey(this.definition, { namespace, name }))) return name;
      if (attempt === NAME_ATTEMPTS) throw generateNameConflict(this.definition, name, 1);
    }
  }

  async update(context: RequestContext, target: Target, draft: ApiObject, part: ChangedPart): Promise<Written> {
    const { strategy } = this.definition;
    checkNames(this.definition, draft, target, true);
    // Simplified: the real server also makes a Service of a PUT to the status of none.
    const creates = strategy.allowCreateOnUpdate === true && part === 'whole';
    for (;;) {
      try {
        return await this.change(context, target, { draft: () => draft, part, checksUid: true });
      } catch (error) {
        if (!creates || !isNotFound(error) || this.exists(target)) throw error;
      }
      if (draft.metadata.uid) throw uidConflict(this.definition, draft.metadata, '');
      const { resourceVersion: _, ...metadata } = draft.metadata;
      try {
        return await this.create(context, target, { ...draft, metadata: metadata as ObjectMeta });
      } catch (error) {
        if (!isAlreadyExists(error) || context.dryRun) throw error;
      }
    }
  }

  /** Changes an object as one atomic step; also removes it where the change takes off the last thing that keeps it. */
  async change(context: RequestContext, target: Target, request: ChangeRequest): Promise<Written> {
    let outcome: Outcome | undefined;
    const decide = (stored: Stored<ApiObject>): ApiObject => {
      const [next, found] = this.#decide(context, stored, target, request);
      outcome = found;
      return context.dryRun || found.removes ? stored.value : next;
    };
    const key = storageKey(this.definition, target);
    try {
      const writing = this.#storage.update(key, decide);
      // The storage has called back by now: what follows is part of the same step.
      const removing = outcome?.removes === true && !context.dryRun ? this.#remove(context, key) : undefined;
      const [written] = await Promise.all([writing, removing]);
      const { allocation, answer } = outcome!;
      if (context.dryRun) allocation?.revert();
      else {
        allocation?.commit();
        if (removing === undefined) this.#tellStored(written);
      }
      return new WrittenObject(answer === undefined ? this.#view.show(written) : renderObject(answer), false);
    } catch (error) {
      outcome?.allocation?.revert();
      throw storageFailure(this.definition, target.name, error);
    }
  }

  async delete(
    context: RequestContext,
    target: Target,
    options: DeleteOptions,
  ): Promise<{ readonly body: Rendered; readonly done: boolean }> {
    const key = storageKey(this.definition, target);
    let removes = false;
    let last: ApiObject | undefined;
    const decide = (stored: Stored<ApiObject>): ApiObject => {
      const old = this.#view.show(stored).value;
      this.#admission.admitChange(context, {
        definition: this.definition,
        operation: 'delete',
        namespace: target.namespace,
        draft: undefined,
        old,
      });
      const plan = planDeletion(this.definition, old, options, context.runtime.clock.now());
      removes = plan.remove;
      last = plan.marked ?? old;
      if (plan.marked === undefined || context.dryRun) return stored.value;
      return shareParts(stored.value, this.#view.toStored(plan.marked));
    };
    try {
      const writing = this.#storage.update(key, decide);
      const removing = removes && !context.dryRun ? this.#remove(context, key) : undefined;
      const [written, removed] = await Promise.all([writing, removing]);
      if (removed === undefined && !context.dryRun) this.#tellStored(written);
      const shown = context.dryRun ? renderObject(last!) : this.#view.show(removed ?? written);
      const isAnsweredByStatus = removes && this.definition.strategy.returnsDeletedObject !== true;
      return {
        body: isAnsweredByStatus ? render(deletedStatus(this.definition, last!)) : shown,
        done: removes || options.orphanDependents !== false,
      };
    } catch (error) {
      throw storageFailure(this.definition, target.name, error);
    }
  }

  exists(target: Target): boolean {
    return this.#storage.get(storageKey(this.definition, target)) !== undefined;
  }

  async #remove(context: RequestContext, key: string): Promise<Stored<ApiObject>> {
    const removed = await this.#storage.delete(key);
    this.definition.strategy.release?.(this.#view.show(removed).value);
    await this.#removeCompanion?.(context, removed.value.metadata);
    return removed;
  }

  #tellStored(stored: Stored<ApiObject>): void {
    this.definition.strategy.stored?.(this.#view.show(stored).value);
  }

  /** Stores a new object that has its name. */
  async #insert(context: RequestContext, draft: ApiObject): Promise<Written> {
    const { strategy } = this.definition;
    const { name } = draft.metadata;
    beforeCreate(this.definition, draft, context);
    if (context.warn !== undefined) context.warn(strategy.warnings?.(draft, undefined) ?? []);
    if (!context.dryRun) {
      if (isRevision(draft.metadata.resourceVersion)) throw badRequest(VERSION_OF_NEW_OBJECT);
      draft.metadata.resourceVersion = '';
    }
    const allocation = this.#allocate(draft, undefined);
    if (context.dryRun) {
      allocation?.revert();
      if (this.exists(draft.metadata)) throw this.#taken(draft.metadata);
      return new WrittenObject(renderObject(draft), true);
    }
    try {
      const stored = await this.#storage.create(
        storageKey(this.definition, draft.metadata),
        this.#view.toStored(draft),
      );
      allocation?.commit();
      this.#tellStored(stored);
      return new WrittenObject(this.#view.show(stored), true);
    } catch (error) {
      allocation?.revert();
      throw isStorageError(error, 'exists')
        ? this.#taken(draft.metadata)
        : storageFailure(this.definition, name, error);
    }
  }

  #taken(target: Target & Pick<ObjectMeta, 'generateName'>): StatusError {
    const { name, generateName } = target;
    const error = generateName ? generateNameConflict(this.definition, name, 1) : alreadyExists(this.definition, name);
    const current = this.#storage.get(storageKey(this.definition, target));
    if (current?.value.metadata.deletionTimestamp === undefined) return error;
    return new StatusError({ ...error.status, message: `object is being deleted: ${error.message}` });
  }

  /** What an object becomes; the same value where nothing changes. */
  #decide(
    context: RequestContext,
    stored: Stored<ApiObject>,
    target: Target,
    { draft: makeDraft, part, checksUid, isApply }: ChangeRequest,
  ): [next: ApiObject, outcome: Outcome] {
    const old = this.#view.show(stored).value;
    const wanted = makeDraft(old);
    checkNames(this.definition, wanted, target, false);
    checkVersion(this.definition, wanted.metadata, old.metadata, checksUid);
    keepMetadata(wanted.metadata, old.metadata);
    const { strategy } = this.definition;
    strategy.defaults?.(wanted);
    this.#admission.admitChange(context, {
      definition: this.definition,
      operation: 'update',
      subresource: part === 'status' ? 'status' : undefined,
      namespace: target.namespace,
      draft: wanted,
      old,
    });
    const draft = beforeUpdate(this.definition, { draft: wanted, old, part, isApply, context });
    if (part === 'whole' && context.warn !== undefined) context.warn(strategy.warnings?.(draft, old) ?? []);
    if (isReleased(this.definition, draft)) {
      return [stored.value, { allocation: undefined, answer: draft, removes: true }];
    }
    const allocation = part === 'whole' ? this.#allocate(draft, old) : undefined;
    const next = shareParts(stored.value, this.#view.toStored(draft));
    return [next, { allocation, answer: context.dryRun ? draft : undefined, removes: false }];
  }

  #allocate(draft: ApiObject, old: ApiObject | undefined): Allocation | undefined {
    const allocated = this.definition.strategy.allocate?.(draft, old);
    if (Array.isArray(allocated)) checkValid(this.definition, draft.metadata, allocated);
    return allocated as Allocation | undefined;
  }
}
