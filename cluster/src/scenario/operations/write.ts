import {
  deepEqual,
  isAlreadyExists,
  isConflict,
  isNotFound,
  StatusError,
  type ApiObject,
  type Draft,
  type KubeClient,
  type WriteOptions,
} from '@kubarium/shared';
import { mismatches } from '../assertion.ts';
import { messageOf } from '../scenario-error.ts';
import type { Expectation, WriteOperation } from '../scenario.ts';
import { check, outputsOf } from './expectations.ts';
import { subjectsOf, type Subject } from './manifests.ts';
import {
  describeObject,
  OperationFailure,
  type OperationContext,
  type Outcome,
  type RunOperation,
} from './operation-context.ts';
import type { Bindings } from '../expression.ts';

type Verb = 'apply' | 'create' | 'update' | 'patch';

/** `apply` creates an object or merges into the one that stands; `create`, `update` and `patch` want it missing or there. */
export const writeOperation =
  (verb: Verb): RunOperation<WriteOperation> =>
  async (body, context) => {
    const done: string[] = [];
    let outputs: Bindings = {};
    for (const subject of await subjectsOf(body, context, 'whole')) {
      context.concerns(subject);
      const { what, object } = await write(verb, subject, body, context);
      outputs = { ...outputs, ...outputsOf(body.outputs, object ?? null, { ...context.bindings, ...outputs }) };
      const dryRun = body.dryRun === true ? ' (dry run)' : '';
      done.push(`${describeObject({ ...subject, name: object?.metadata.name ?? subject.name })} ${what}${dryRun}`);
    }
    return { says: done.join('; '), outputs } satisfies Outcome;
  };

interface Written {
  readonly what: string;
  readonly object: ApiObject | undefined;
}

async function write(verb: Verb, subject: Subject, body: WriteOperation, context: OperationContext): Promise<Written> {
  const expected = (body.expect ?? []).filter(
    ({ match }) => match === undefined || mismatches(match, subject.tree, context.bindings).length === 0,
  );
  let written: Written | undefined;
  let failure: unknown;
  // A failure that may pass (a conflict, a namespace whose ServiceAccount is still being made) is tried again, as Chainsaw does.
  await context.target.until(
    async () => {
      try {
        written = await VERBS[verb](context.target.client, subject, body.dryRun === true, context);
        return true;
      } catch (error) {
        failure = error;
        return expected.length > 0 || !mayPass(error);
      }
    },
    context.timeoutMs('apply', body.timeout),
  );
  if (expected.length > 0) return checked(expected, subject, written, failure, context.bindings);
  if (written !== undefined) return written;
  throw new OperationFailure(`${verb} ${describeObject(subject)}: ${messageOf(failure)}`);
}

/** The result, or the failure, as `expect` wants it. */
export function checked(
  expected: readonly Expectation[],
  subject: Subject,
  written: Written | undefined,
  failure: unknown,
  bindings: Bindings,
): Written {
  const error = written === undefined ? messageOf(failure) : null;
  for (const { check: tree } of expected) {
    check(`${describeObject(subject)}`, tree, written?.object ?? null, { ...bindings, error });
  }
  return written ?? { what: `failed as expected: ${error}`, object: undefined };
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof StatusError)) return false;
  const { code } = error.status;
  return isConflict(error) || isNotFound(error) || code === 403 || code === 429 || (code !== undefined && code >= 500);
}

/** A field that the kind has not is a mistake in the scenario, as kubectl takes it for one: left out, it would make the test another one. */
const options = (dryRun: boolean): WriteOptions => ({ dryRun, fieldValidation: 'Strict' });

const VERBS: Readonly<
  Record<Verb, (client: KubeClient, subject: Subject, dryRun: boolean, context: OperationContext) => Promise<Written>>
> = {
  async create(client, subject, dryRun, context) {
    const object = await client.create(subject.resource, draftOf(subject), options(dryRun));
    if (!dryRun) context.created(subject.resource, object);
    return { what: 'created', object };
  },
  async apply(client, subject, dryRun, context) {
    if (subject.name !== undefined && (await exists(client, subject))) return patched(client, subject, options(dryRun));
    try {
      return await VERBS.create(client, subject, dryRun, context);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return patched(client, subject, options(dryRun));
    }
  },
  async update(client, subject, dryRun) {
    const current = await client.get(subject.resource, nameOf(subject));
    const draft = draftOf(subject);
    const metadata = {
      ...draft.metadata,
      resourceVersion: draft.metadata.resourceVersion ?? current.metadata.resourceVersion,
    };
    return {
      what: 'updated',
      object: await client.update(subject.resource, { ...draft, metadata } as ApiObject, options(dryRun)),
    };
  },
  patch: (client, subject, dryRun) => patched(client, subject, options(dryRun)),
};

async function exists(client: KubeClient, subject: Subject): Promise<boolean> {
  try {
    await client.get(subject.resource, nameOf(subject));
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** A JSON merge patch, as Chainsaw sends: lists are replaced as a whole. */
async function patched(client: KubeClient, subject: Subject, how: WriteOptions): Promise<Written> {
  const before = await client.get(subject.resource, nameOf(subject));
  const object = await client.patch(
    subject.resource,
    nameOf(subject),
    'application/merge-patch+json',
    subject.tree,
    how,
  );
  // Not by resourceVersion: a real server answers the patch that takes off an object's last finalizer with that of before.
  return { what: deepEqual(before, object) ? 'unchanged' : 'changed', object };
}

function nameOf({ namespace, name, resource }: Subject): { namespace: string | undefined; name: string } {
  if (name === undefined) throw new OperationFailure(`${resource.kind} has no metadata.name`);
  return { namespace, name };
}

const draftOf = ({ tree }: Subject): Draft<ApiObject> =>
  ({ ...tree, metadata: { ...tree.metadata } }) as Draft<ApiObject>;
