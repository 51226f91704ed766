import { isNotFound, type ApiObject } from '@kubarium/shared';
import { askingCluster } from '../ask-cluster.ts';
import { formatDuration } from '../format-duration.ts';
import { describeMismatches, mismatches, type Mismatch } from '../assertion.ts';
import type { AssertOperation } from '../scenario.ts';
import { labelsText } from './delete.ts';
import { subjectsOf, type Subject } from './manifests.ts';
import { describeObject, OperationFailure, type OperationContext, type RunOperation } from './operation-context.ts';

/**
 * Lets time pass until, for each partial object, some object of the cluster matches it. A tree without a kind asserts of bindings and of
 * what the cluster answers: `($size): 3`, `(x_k8s_list($client, 'v1', 'Node').items | length(@)): 3`.
 */
export const assertOperation: RunOperation<AssertOperation> = async (body, context) => {
  const subjects = await assertedSubjects(body, context);
  const timeoutMs = context.timeoutMs('assert', body.timeout);
  for (const subject of subjects) {
    let misses: readonly Miss[] = [];
    const holds = await context.target.until(async () => {
      misses = await missesOf(subject, context);
      return misses.some(({ found }) => found.length === 0);
    }, timeoutMs);
    if (!holds) throw notAsAsserted(subject, misses, timeoutMs);
  }
  return { says: `${subjects.map((subject) => describeSubject(subject)).join(', ')} as asserted` };
};

/** Lets time pass until no object of the cluster (or of a tree without a kind: no value) matches any of the partial objects. */
export const errorOperation: RunOperation<AssertOperation> = async (body, context) => {
  const subjects = await assertedSubjects(body, context);
  const timeoutMs = context.timeoutMs('error', body.timeout);
  for (const subject of subjects) {
    let matching: Miss | undefined;
    const gone = await context.target.until(async () => {
      matching = (await missesOf(subject, context)).find(({ found }) => found.length === 0);
      return matching === undefined;
    }, timeoutMs);
    if (!gone) {
      throw new OperationFailure(
        `${describeSubject(subject, matching!.object)} still matches what must not be, after ${formatDuration(timeoutMs)}`,
        [`expected no ${subject.resource?.kind ?? 'value'} like ${JSON.stringify(subject.tree)}`],
      );
    }
  }
  const names = subjects.map((subject) => (subject.resource === undefined ? 'value' : describeObject(subject)));
  return { says: `no ${names.join(', no ')} like that` };
};

type AssertedSubject = Subject | { readonly resource: undefined; readonly tree: unknown };

const describeSubject = (subject: AssertedSubject, object?: ApiObject): string =>
  subject.resource === undefined
    ? 'the value'
    : describeObject(object === undefined ? subject : { ...subject, name: object.metadata.name });

/** An object that was looked at, and where it is not as asserted; of bindings there is no object. */
interface Miss {
  readonly object: ApiObject | undefined;
  readonly found: readonly Mismatch[];
}

/** Of each object that is meant; of the first that is as asserted, no other is told. */
async function missesOf(subject: AssertedSubject, context: OperationContext): Promise<readonly Miss[]> {
  const { target, bindings } = context;
  const mismatchesOf = (tree: unknown, actual: unknown): Promise<readonly Mismatch[]> =>
    askingCluster(target, bindings, (known) => mismatches(tree, actual, known));
  if (subject.resource === undefined) return [{ object: undefined, found: await mismatchesOf(subject.tree, null) }];
  const misses: Miss[] = [];
  for (const object of await candidatesOf(subject, context)) {
    const found = await mismatchesOf(treeOf(subject), { ...object, kind: subject.resource.kind });
    if (found.length === 0) return [{ object, found }];
    misses.push({ object, found });
  }
  return misses;
}

/** A tree without apiVersion and kind is about no object. */
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
function treeOf({ tree }: Subject): object {
  const { apiVersion: _, kind: __, metadata = {}, ...rest } = tree;
  const { name: ___, namespace: ____, ...others } = metadata;
  return { metadata: others, ...rest };
}

const MOST_CANDIDATES = 3;

function notAsAsserted(subject: AssertedSubject, misses: readonly Miss[], timeoutMs: number): OperationFailure {
  const after = `after ${formatDuration(timeoutMs)}`;
  // The nearest misses say most.
  const [nearest, ...others] = misses.toSorted((a, b) => a.found.length - b.found.length);
  if (nearest === undefined) {
    const labels = subject.resource === undefined || subject.name !== undefined ? {} : subject.labels;
    const like = Object.keys(labels).length > 0 ? ` with labels ${labelsText(labels)}` : '';
    return new OperationFailure(`there is no ${describeSubject(subject)}${like} ${after}`);
  }
  if (others.length === 0) {
    return new OperationFailure(
      `${describeSubject(subject, nearest.object)} is not as asserted ${after}`,
      describeMismatches(nearest.found),
    );
  }
  const details = [nearest, ...others]
    .slice(0, MOST_CANDIDATES)
    .flatMap(({ object, found }) => [
      `${object!.metadata.name}:`,
      ...describeMismatches(found).map((line) => `  ${line}`),
    ]);
  const more = misses.length - MOST_CANDIDATES;
  return new OperationFailure(
    `none of ${misses.length} objects is as asserted: ${describeSubject(subject)}, ${after}`,
    more > 0 ? [...details, `(and ${more} more)`] : details,
  );
}
