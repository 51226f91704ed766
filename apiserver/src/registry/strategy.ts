import type { ApiObject, DeleteOptions, ObjectMeta, Runtime, SelectableFields, StatusCause } from '@kubarium/shared';

/** A field that is wrong: `{reason: 'FieldValueInvalid', message, field}`, as it goes into a Status's causes. Made by field-error.ts. */
export type FieldError = StatusCause & { readonly field: string };

/** Who asks, as the authenticators found out. */
export interface User {
  readonly name: string;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** What a strategy may know of the request besides the objects. */
export interface RequestContext {
  readonly user: User;
  readonly runtime: Runtime;
  readonly dryRun: boolean;
  /** The name under which what is written is owned (`fieldManager`, or the first word of the client's User-Agent). */
  readonly fieldManager?: string | undefined;
  /** Told of what the client should know, as soon as it is known and whatever becomes of the request; once more what is found once more. */
  readonly warn?: ((warnings: readonly string[]) => void) | undefined;
}

/** Something taken outside the object for as long as it exists, like a cluster IP: kept on commit, given back on revert. */
export interface Allocation {
  commit(): void;
  revert(): void;
}

/**
 * The meaning of one kind: questions with pure answers, no I/O. Drafts are private to the request and are changed in place;
 * objects called `old` are shared and never changed. Both have the shape of their type (schema/conform.ts): `metadata`, `spec` and `status` are
 * there, if empty; what else is required may be missing in a draft. The registry store asks in this order:
 * create: defaults, prepareForCreate, validate, (allocate), store; update: defaults, prepareForUpdate, validate, validateUpdate.
 * Each method is optional: absent means nothing to do.
 */
export interface Strategy<T extends ApiObject = ApiObject> {
  /** Fills what the client left out. Static defaults of the schema have been applied before. Run on every write (and must be idempotent). */
  defaults?(draft: T): void;
  /** Drops what a client may not set (status), sets initial fields. */
  prepareForCreate?(draft: T, context: RequestContext): void;
  /** The same for an update of the main resource: by default the old status is kept. */
  prepareForUpdate?(draft: T, old: T, context: RequestContext): void;
  /** What is wrong with a name of the kind, in words; by default names are DNS subdomains. Asked by validateObjectMeta. */
  nameErrors?(name: string): string[];
  /** When `metadata.generateName` is held against the rules for names; on every write of the whole object by default. */
  readonly checksGenerateName?: 'on create' | 'never';
  /** True where a finalizer needs no domain (Lease, Event). */
  readonly takesAnyFinalizer?: boolean;
  /** All that is wrong with the object by itself (metadata is checked by the registry store). `old` is undefined for a create. */
  validate?(draft: T, old: T | undefined): FieldError[];
  /** All that is wrong with the change: immutable fields and the like. */
  validateUpdate?(draft: T, old: T): FieldError[];
  /** Takes what the object needs from shared pools, into the draft; may return field errors instead (`provided IP is already allocated`). */
  allocate?(draft: T, old: T | undefined): Allocation | FieldError[];
  /** Takes what a stored object already holds; called for each one before the registry serves, after a restart. */
  restore?(stored: T): void;
  /** Told of each version once it is stored, for what is kept beside the storage. */
  stored?(object: T): void;
  /** Gives back what the object held, once it is gone. */
  release?(old: T): void;
  /** True for kinds whose objects have no `metadata.generation` at all. */
  readonly withoutGeneration?: boolean;
  /** True where a change of the object's spec raises `metadata.generation`. By default: any change outside metadata and status. */
  bumpsGeneration?(draft: T, old: T): boolean;
  /** How long an object may take to die, in seconds, by its own account and the client's wish; 0 or absent: it goes at once. */
  gracePeriodSeconds?(old: T, options: DeleteOptions): number;
  /** True where something besides `metadata.finalizers` keeps a deleted object (the finalizers in a Namespace's spec). */
  isHeld?(object: T): boolean;
  /** Changes the object further when it is marked for deletion (a Namespace's phase). */
  prepareForDelete?(draft: T): void;
  /** True where a delete is answered with the object that went (Pod, Service, ServiceAccount, PodTemplate) instead of a Status. */
  readonly returnsDeletedObject?: boolean;
  /** True where the garbage collector's finalizers are never put on (Event). */
  readonly withoutGarbageCollection?: boolean;
  /** True where a delete without a propagation policy leaves the dependents alive (ReplicationController). */
  readonly orphansDependents?: boolean;
  /** True where an update must name the resourceVersion that it replaces (Lease). */
  readonly requiresResourceVersion?: boolean;
  /** True where updating an absent object creates it (Lease, Event, Endpoints, ...). */
  readonly allowCreateOnUpdate?: boolean;
  /** Warnings for the client (`Warning:` headers). */
  warnings?(draft: T, old: T | undefined): string[];
  /** The subresource `status` changes status and metadata; the rest of the object is kept. Here the kind may keep, or fill in, more. */
  prepareForStatusUpdate?(draft: T, old: T): void;
  /** What the subresource `status` leaves alone of the metadata; who applies it there does not own it. */
  readonly metadataKeptFromStatus?: readonly (keyof ObjectMeta)[];
  validateStatusUpdate?(draft: T, old: T): FieldError[];
  /** What `kubectl get` prints: one value a column of the recorded table columns, Name and Age included. */
  tableCells?(object: T, nowMs: number): unknown[];
  /** Selectable fields beyond metadata.name and metadata.namespace. */
  readonly selectableFields?: SelectableFields<T>;
  /** The one of them, single-valued, that lists are asked for so often that an index is kept of it. */
  readonly indexedField?: string;
}
