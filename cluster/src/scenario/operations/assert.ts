import { isNotFound, type ApiObject } from '@kubarium/shared';
import { formatDuration } from '../format-duration.ts';
import { describeMismatches, mismatches, type Mismatch } from '../assertion.ts';
import type { AssertOperation } from '../scenario.ts';
import { labelsText } from './delete.ts';
import { subjectsOf, type Subject } from './manifests.ts';
import { describeObject, OperationFailure, type OperationContext, type RunOperation } from './operation-context.ts';

/** Lets time pass until, for each partial object, some object of the cluster matches it. */
export const assertOperation: RunOperation<AssertOperation> = async (body, context) => {
  const subjects = await assertedSubjects(body, context);
  const timeoutMs = context.timeoutMs('assert', body.timeout);
  for (const subject of subjects) {
    if (subject.resource === undefined) {
      throwIfAny('the value is not as asserted', mismatches(subject.tree, null, context.bindings));
      continue;
    }
    let candidates: readonly ApiObject[] = [];
    const holds = await context.target.until(async () => {
      candidates = await candidatesOf(subject, context);
      return candidates.some((object) => differences(subject, object, context).length === 0);
    }, timeoutMs);
    if (!holds) throw notAsAsserted(subject, candidates, timeoutMs, context);
  }
  return {
    says: `${subjects.map((subject) => (subject.resource === undefined ? 'the value' : describeObject(subject))).join(', ')} as asserted`,
  };
};

/** Lets time pass until no object of the cluster matches any of the partial objects. */
export const errorOperation: RunOperation<AssertOperation> = async (body, context) => {
  const subjects = await subjectsOf(body, context, 'names');
  const timeoutMs = context.timeoutMs('error', body.timeout);
  for (const subject of subjects) {
    context.concerns(subject);
    let matching: ApiObject | undefined;
    const gone = await context.target.until(async () => {
      const candidates = await candidatesOf(subject, context);
      matching = candidates.find((object) => differences(subject, object, context).length === 0);
      return matching === undefined;
    }, timeoutMs);
    if (!gone) {
      throw new OperationFailure(
        `${describeObject({ ...subject, name: matching!.metadata.name })} still matches what must not be, after ${formatDuration(timeoutMs)}`,
        [`expected no ${subject.resource.kind} like ${JSON.stringify(subject.tree)}`],
      );
    }
  }
  return { says: `no ${subjects.map(describeObject).join(', no ')} like that` };
};

type AssertedSubject = Subject | { readonly resource: undefined; readonly tree: unknown };

/** A tree without apiVersion and kind asserts of bindings only: `($cm): {...}`. */
async function assertedSubjects(body: AssertOperation, context: OperationContext): Promise<AssertedSubject[]> {
  if (body.resource !== undefined && body.resource.kind === undefined)
    return [{ resource: undefined, tree: body.resource }];
  const subjects = await subjectsOf(body, context, 'names');
  for (const subject of subjects) context.concerns(subject);
  return subjects;
}

async function candidatesOf(subject: Subject, { target }: OperationContext): Promise<readonly ApiObject[]> {
  const { resource, namespace, name, labels } = subject;
  if (name === undefined) {
    const labelSelector = Object.keys(labels).length === 0 ? undefined : labelsText(labels);
    return (await target.client.list(resource, { namespace, labelSelector })).items;
  }
  try {
    return [await target.client.get(resource, { namespace, name })];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** What names the object has been found already, and may hold expressions of its own. */
function differences({ tree, resource }: Subject, object: ApiObject, { bindings }: OperationContext): Mismatch[] {
  const { apiVersion: _, kind: __, metadata = {}, ...rest } = tree;
  const { name: ___, namespace: ____, ...others } = metadata;
  return mismatches({ metadata: others, ...rest }, { ...object, kind: resource.kind }, bindings);
}

const MOST_CANDIDATES = 3;

function notAsAsserted(
  subject: Subject,
  candidates: readonly ApiObject[],
  timeoutMs: number,
  context: OperationContext,
): OperationFailure {
  const after = `after ${formatDuration(timeoutMs)}`;
  if (candidates.length === 0) {
    const like =
      subject.name === undefined && Object.keys(subject.labels).length > 0
        ? ` with labels ${labelsText(subject.labels)}`
        : '';
    return new OperationFailure(`there is no ${describeObject(subject)}${like} ${after}`);
  }
  // The nearest misses say most.
  const misses = candidates
    .map((object) => ({ object, found: differences(subject, object, context) }))
    .sort((a, b) => a.found.length - b.found.length);
  if (misses.length === 1) {
    const [{ object, found }] = misses as [(typeof misses)[0]];
    return new OperationFailure(
      `${describeObject({ ...subject, name: object.metadata.name })} is not as asserted ${after}`,
      describeMismatches(found),
    );
  }
  const details = misses
    .slice(0, MOST_CANDIDATES)
    .flatMap(({ object, found }) => [
      `${object.metadata.name}:`,
      ...describeMismatches(found).map((line) => `  ${line}`),
    ]);
  const more = misses.length - MOST_CANDIDATES;
  return new OperationFailure(
    `none of ${misses.length} objects is as asserted: ${describeObject(subject)}, ${after}`,
    more > 0 ? [...details, `(and ${more} more)`] : details,
  );
}

function throwIfAny(message: string, found: readonly Mismatch[]): void {
  if (found.length > 0) throw new OperationFailure(message, describeMismatches(found));
}
