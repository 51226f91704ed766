import type { ApiObject, DeleteOptions, ObjectMeta, StatusCause } from '@kubarium/shared';
import { conflict, invalid, parseTimestamp, timestamp } from '@kubarium/shared';
import type { ResourceDefinition } from '../resource-definition.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';
const DELETE_OPTIONS = { group: 'meta.k8s.io', kind: 'DeleteOptions' };

/** What a delete request comes to: the object as it is marked (absent: left as it is), and whether it goes at once. */
export interface DeletionPlan {
  readonly marked?: ApiObject | undefined;
  readonly remove: boolean;
}

/**
 * Decides what a delete request does to an object; changes nothing. Throws 422 for options that cannot be and 409 where a
 * precondition does not hold. The rules (k8s.io/apiserver registry/rest/delete.go):
 *
 * 1. A kind with a grace period (Pod) is marked with its time of death; at 0 seconds it goes at once. A second request can only
 *    shorten the time.
 * 2. Finalizers keep any object: it is marked, and goes with the update that takes off the last one.
 * 3. The propagation policy puts on, or takes off, the finalizers of the garbage collector.
 */
export function planDeletion(
  definition: ResourceDefinition,
  object: ApiObject,
  options: DeleteOptions,
  nowMs: number,
): DeletionPlan {
  checkOptions(options);
  checkPreconditions(definition, object.metadata, options);
  const { strategy } = definition;
  const old = object.metadata;
  const grace = strategy.gracePeriodSeconds?.(object, options);
  const finalizers = finalizersFor(definition, old, options);
  const metadata: ObjectMeta = { ...old, finalizers: finalizers.length === 0 ? undefined : finalizers };

  if (grace !== undefined && old.deletionTimestamp !== undefined && (old.deletionGracePeriodSeconds ?? 0) > 0) {
    const before = old.deletionGracePeriodSeconds!;
    if (options.gracePeriodSeconds === undefined || grace >= before) return { remove: false };
    metadata.deletionTimestamp = timestamp(parseTimestamp(old.deletionTimestamp) - graceMs(before) + graceMs(grace));
    metadata.deletionGracePeriodSeconds = grace;
    return { marked: { ...object, metadata }, remove: grace === 0 && finalizers.length === 0 };
  }
  if (grace !== undefined && old.deletionTimestamp === undefined) {
    mark(metadata, grace, nowMs);
    return { marked: { ...object, metadata }, remove: grace === 0 && finalizers.length === 0 };
  }
  if (finalizers.length === 0 && !isHeld(definition, object)) return { remove: true };
  if (old.deletionTimestamp === undefined) mark(metadata, isHeld(definition, object) ? undefined : 0, nowMs);
  const marked = { ...object, metadata };
  strategy.prepareForDelete?.(marked);
  return { marked, remove: false };
}

/** True for an object that has been deleted, and that nothing keeps any longer. */
export const isReleased = (definition: ResourceDefinition, object: ApiObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  (object.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  (object.metadata.finalizers ?? []).length === 0 &&
  !isHeld(definition, object);

const isHeld = ({ strategy }: ResourceDefinition, object: ApiObject): boolean => strategy.isHeld?.(object) ?? false;

/** As long as Go's durations can be: 292 years. Simplified: the real server's time of death wraps around beyond it. */
const graceMs = (seconds: number): number => Math.min(seconds, 9_223_372_036) * 1000;

/** Dying is a change that an observer of generations should see. What holds itself (a Namespace) has no grace period. */
function mark(metadata: ObjectMeta, graceSeconds: number | undefined, nowMs: number): void {
  metadata.deletionTimestamp = timestamp(nowMs + graceMs(graceSeconds ?? 0));
  metadata.deletionGracePeriodSeconds = graceSeconds;
  if (metadata.generation !== undefined) metadata.generation++;
}

/** An explicit wish of the client decides; without one the object's own finalizers, and last the kind's default. */
function finalizersFor(
  { strategy }: ResourceDefinition,
  { finalizers = [] }: ObjectMeta,
  options: DeleteOptions,
): string[] {
  if (strategy.withoutGarbageCollection === true) return finalizers;
  const { orphanDependents, propagationPolicy } = options;
  if (orphanDependents === undefined && propagationPolicy === undefined) {
    const isDecided = finalizers.includes(ORPHAN) || finalizers.includes(FOREGROUND);
    return strategy.orphansDependents === true && !isDecided ? [...finalizers, ORPHAN] : finalizers;
  }
  const others = finalizers.filter((name) => name !== ORPHAN && name !== FOREGROUND);
  if (orphanDependents === true || propagationPolicy === 'Orphan') return [...others, ORPHAN];
  return propagationPolicy === 'Foreground' ? [...others, FOREGROUND] : others;
}

function checkOptions({ propagationPolicy, orphanDependents }: DeleteOptions): void {
  const causes: StatusCause[] = [];
  const quoted = JSON.stringify(propagationPolicy);
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${quoted}: orphanDependents and deletionPropagation cannot be both set`,
      field: 'propagationPolicy',
    });
  }
  if (propagationPolicy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(propagationPolicy)) {
    causes.push({
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${quoted}: supported values: "Foreground", "Background", "Orphan", "nil"`,
      field: 'propagationPolicy',
    });
  }
  if (causes.length > 0) throw invalid(DELETE_OPTIONS, '', causes);
}

function checkPreconditions(
  { group, kind }: ResourceDefinition,
  metadata: ObjectMeta,
  { preconditions }: DeleteOptions,
): void {
  const { name, uid, resourceVersion } = metadata;
  // The real server names the kind here, not the resource.
  const of = { group, resource: kind };
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    throw conflict(
      of,
      name,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    throw conflict(
      of,
      name,
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
}
