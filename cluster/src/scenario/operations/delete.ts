import { isNotFound, type KubeClient } from '@kubarium/shared';
import { mismatches } from '../assertion.ts';
import { fillIn } from '../expression.ts';
import { messageOf } from '../scenario-error.ts';
import type { DeleteOperation, ObjectReference } from '../scenario.ts';
import { resourceOf, subjectsOf } from './manifests.ts';
import {
  describeObject,
  OperationFailure,
  type Named,
  type OperationContext,
  type RunOperation,
} from './operation-context.ts';
import { checked } from './write.ts';

type NamedObject = Named & { readonly name: string };

/** Deletes objects by name or labels and waits until they are gone. */
export const deleteOperation: RunOperation<DeleteOperation> = async (body, context) => {
  const objects = await objectsOf(body, context);
  const timeoutMs = context.timeoutMs('delete', body.timeout);
  const policy = body.deletionPropagationPolicy ?? 'Background';
  const done: string[] = [];
  for (const object of objects) {
    context.concerns(object);
    const says = describeObject(object);
    const tree = {
      apiVersion: body.ref?.apiVersion,
      kind: object.resource.kind,
      metadata: { name: object.name, namespace: object.namespace },
    };
    const expected = (body.expect ?? []).filter(
      ({ match }) => match === undefined || mismatches(match, tree, context.bindings).length === 0,
    );
    const failure = await failureOf(deleteAndWait(object, policy, timeoutMs, context));
    if (expected.length === 0 && failure !== undefined) throw failure.error;
    const deleted = failure === undefined ? { what: 'deleted', object: undefined } : undefined;
    const subject = { ...object, tree, labels: {} };
    const { what } = checked(expected, subject, deleted, failure?.error, context.bindings);
    done.push(`${says} ${what}`);
  }
  return { says: done.length === 0 ? 'nothing to delete' : done.join('; ') };
};

const failureOf = (work: Promise<void>): Promise<{ readonly error: unknown } | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );

/** Deletes an object and lets time pass until it is gone. One that is not there is a failure of the API's. */
export async function deleteAndWait(
  object: NamedObject,
  propagationPolicy: string,
  timeoutMs: number,
  { target }: Pick<OperationContext, 'target'>,
): Promise<void> {
  const { resource, namespace, name } = object;
  const before = await target.client.get(resource, { namespace, name });
  await target.client.delete(resource, { namespace, name }, { propagationPolicy });
  const isGone = async (): Promise<boolean> => (await uidOf(target.client, object)) !== before.metadata.uid;
  if (await target.until(isGone, timeoutMs)) return;
  const { metadata } = await target.client.get(resource, { namespace, name });
  const held = metadata.finalizers ?? [];
  throw new OperationFailure(
    `${describeObject(object)} is still there after ${timeoutMs / 1000} s`,
    held.length === 0 ? [] : [`metadata.finalizers: ${held.join(', ')}`],
  );
}

/** Deletes an object, as a clean-up does: one that has gone already, or goes meanwhile, is no failure. */
export async function deleteLeftover(
  object: NamedObject,
  timeoutMs: number,
  context: Pick<OperationContext, 'target'>,
): Promise<void> {
  try {
    await deleteAndWait(object, 'Background', timeoutMs, context);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function uidOf(client: KubeClient, { resource, namespace, name }: NamedObject): Promise<string | undefined> {
  try {
    return (await client.get(resource, { namespace, name })).metadata.uid;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new OperationFailure(messageOf(error));
  }
}

async function objectsOf(body: DeleteOperation, context: OperationContext): Promise<NamedObject[]> {
  if (body.ref === undefined) {
    const subjects = await subjectsOf(body, context, 'whole');
    return subjects.map((subject) => ({ ...subject, name: subject.name ?? '' }));
  }
  const ref = fillIn(body.ref, context.bindings) as ObjectReference;
  const resource = await resourceOf(ref.apiVersion, ref.kind, context);
  const namespace = resource.namespaced ? (ref.namespace ?? context.namespace) : undefined;
  if (ref.name !== undefined) return [{ resource, namespace, name: ref.name }];
  const labelSelector = labelsText(ref.labels ?? {});
  const { items } = await context.target.client.list(resource, { namespace, labelSelector });
  return items.map(({ metadata }) => ({ resource, namespace, name: metadata.name }));
}

/** Labels as a selector. */
export const labelsText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
