import type { ApiObject, DeleteOptions, Status } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import type { Rendered, RenderedEvent, ResourceRegistry, Written } from '../registry.ts';
import type { Strategy } from '../strategy.ts';
import type { Widget } from '../testing/fake-definitions.ts';
import { fakeDefinition } from '../testing/fake-definitions.ts';
import { testRegistry } from '../testing/test-registry.ts';

const NAMESPACE = 'default';

async function setUp(strategy: Strategy<Widget> = {}, overrides: Parameters<typeof fakeDefinition>[3] = {}) {
  const test = await testRegistry(fakeDefinition('widgets', 'Widget', strategy as unknown as Strategy, overrides));
  const widgets: ResourceRegistry = test.registry.resource('example.dev', 'v1', 'widgets')!;
  const { context } = test;
  const target = (name: string) => ({ namespace: NAMESPACE, name });
  return {
    ...test,
    widgets,
    target,
    make: (name: string, rest: object = {}, metadata: object = {}) =>
      widgets.create(context, { namespace: NAMESPACE }, draftOf(name, rest, metadata)),
    put: (name: string, rest: object = {}, metadata: object = {}) =>
      widgets.update(context, target(name), draftOf(name, rest, metadata)),
    patch: (name: string, patch: object, subresource?: string) =>
      widgets.patch(context, target(name), { type: 'application/merge-patch+json', patch }, subresource),
    remove: (name: string, options: DeleteOptions = {}) => widgets.delete(context, target(name), options),
    names: async (query = {}) => (await widgets.list(context, { namespace: NAMESPACE, ...query })).items.map(nameOf),
  };
}

const draftOf = (name: string, rest: object = {}, metadata: object = {}): ApiObject =>
  ({ kind: 'Widget', apiVersion: 'example.dev/v1', metadata: { name, ...metadata }, ...rest }) as ApiObject;

const nameOf = ({ value }: Rendered): string => value.metadata.name;
const meta = ({ value }: Rendered): ApiObject['metadata'] => value.metadata;
const failsWith = (code: number, message: string): unknown => expect.objectContaining({ code, message });

describe('create', () => {
  it('fills in what the server decides, and answers with the stored text', async () => {
    const { make, widgets, context, target } = await setUp();
    const written = await make('a', { spec: { size: 1 } }, { uid: 'x', deletionTimestamp: 'y', generation: 7 });
    expect(meta(written)).toEqual({
      name: 'a',
      namespace: NAMESPACE,
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      resourceVersion: '2',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    });
    expect(written.text).toBe(JSON.stringify(written.value));
    expect(await widgets.get(context, target('a'))).toMatchObject({ text: written.text });
  });

  it('refuses what is larger than etcd would take, and stores nothing of it', async () => {
    const { make, put, names, widgets, context, target } = await setUp();
    const tooLarge = failsWith(413, 'etcdserver: request is too large');
    await expect(make('a', { spec: { text: 'x'.repeat(1_600_000) } })).rejects.toEqual(tooLarge);
    expect(await names()).toEqual([]);
    const { text } = await make('a', { spec: { text: 'x'.repeat(1_500_000) } });
    await expect(put('a', { spec: { text: 'x'.repeat(1_600_000) } })).rejects.toEqual(tooLarge);
    expect(await widgets.get(context, target('a'))).toMatchObject({ text });
  });

  it('generates names', async () => {
    const { widgets, context, storage } = await setUp();
    const draft = draftOf('', {}, { generateName: 'g-' });
    const made = await Promise.all(
      Array.from({ length: 50 }, () => widgets.create(context, { namespace: NAMESPACE }, structuredClone(draft))),
    );
    const names = new Set(made.map(nameOf));
    expect(names.size).toBe(50);
    expect([...names].every((name) => /^g-[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(name))).toBe(true);
    expect(storage.count('widgets/')).toBe(50);
  });

  it('generates another name where one is taken, eight at most', async () => {
    const { widgets, context } = await setUp();
    const suffixes = ['aaaaa', 'aaaaa', 'bbbbb', ...Array<string>(8).fill('aaaaa')];
    const random = Object.assign(Object.create(context.runtime.random) as typeof context.runtime.random, {
      suffix: () => suffixes.shift()!,
    });
    const unlucky = { ...context, runtime: { ...context.runtime, random } };
    const create = () => widgets.create(unlucky, { namespace: NAMESPACE }, draftOf('', {}, { generateName: 'g-' }));
    // The second one's name is taken by a write that is not yet stored, the third one's by one that is.
    const made = await Promise.all([create(), create()]);
    expect(made.map(nameOf)).toEqual(['g-aaaaa', 'g-bbbbb']);
    await expect(create()).rejects.toThrow(
      failsWith(
        409,
        'widgets.example.dev "g-aaaaa" already exists, the server was not able to generate a unique name for the object',
      ),
    );
    expect(suffixes).toEqual([]);
  });

  it.each([
    ['a name that is taken', { name: 'taken' }, NAMESPACE, 409, 'widgets.example.dev "taken" already exists'],
    [
      'no name',
      {},
      NAMESPACE,
      422,
      'Widget.example.dev "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
    [
      'a resourceVersion',
      { name: 'a', resourceVersion: '5' },
      NAMESPACE,
      400,
      'resourceVersion should not be set on objects to be created',
    ],
    [
      'another namespace',
      { name: 'a', namespace: 'other' },
      NAMESPACE,
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    ['a namespace that does not exist', { name: 'a' }, 'nope', 404, 'namespaces "nope" not found'],
  ])('refuses %s', async (_, metadata, namespace, code, message) => {
    const { make, widgets, context } = await setUp();
    await make('taken');
    const created = widgets.create(context, { namespace }, { ...draftOf(''), metadata } as ApiObject);
    await expect(created).rejects.toEqual(failsWith(code, message));
  });

  it('keeps allocations with the object, and gives them back where it is not stored', async () => {
    const log: string[] = [];
    const { make, dryRun, widgets, remove } = await setUp({
      allocate: ({ metadata: { name } }) => ({
        commit: () => void log.push(`commit ${name}`),
        revert: () => void log.push(`revert ${name}`),
      }),
      release: ({ metadata: { name } }) => void log.push(`release ${name}`),
    });
    await make('a');
    await expect(make('a')).rejects.toThrow('already exists');
    await widgets.create(dryRun, { namespace: NAMESPACE }, draftOf('b'));
    await remove('a');
    expect(log).toEqual(['commit a', 'revert a', 'revert b', 'release a']);
  });
});

describe('update', () => {
  it('replaces the object, and keeps what nobody can change', async () => {
    const { make, put } = await setUp();
    const before = await make('a', { spec: { size: 1 }, status: { phase: 'Old' } });
    const after = await put(
      'a',
      { spec: { size: 2 }, status: { phase: 'New' } },
      { creationTimestamp: 'x', generation: 9 },
    );
    expect(after.value).toEqual({
      ...before.value,
      metadata: { ...meta(before), resourceVersion: '3', generation: 2 },
      spec: { size: 2 },
    });
  });

  it('writes nothing where nothing changes', async () => {
    const { make, put, storage } = await setUp();
    const before = await make('a', { spec: { size: 1 } });
    const after = await put('a', { spec: { size: 1, color: undefined } });
    expect(after.text).toBe(before.text);
    expect(storage.revision).toBe(2);
  });

  it('raises the generation for content only', async () => {
    const { make, put } = await setUp();
    await make('a', { spec: { size: 1 } });
    expect(meta(await put('a', { spec: { size: 1 } }, { labels: { x: 'y' } })).generation).toBe(1);
    expect(meta(await put('a', { spec: { size: 2 } })).generation).toBe(2);
  });

  const MODIFIED =
    'Operation cannot be fulfilled on widgets.example.dev "a": the object has been modified; please apply your changes to the latest version and try again';
  it.each([
    ['an old resourceVersion', { name: 'a', resourceVersion: '1' }, 409, MODIFIED],
    ['another name', { name: 'b' }, 400, 'the name of the object (b) does not match the name on the URL (a)'],
    ['no name', {}, 400, 'the name of the object (a based on URL) was undeterminable: name must be provided'],
    [
      'no number',
      { name: 'a', resourceVersion: 'x' },
      400,
      'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    ],
    [
      'another uid',
      { name: 'a', uid: 'u' },
      409,
      expect.stringContaining('Precondition failed: UID in precondition: u, UID in object meta: ') as never,
    ],
  ])('refuses %s', async (_, metadata, code, message) => {
    const { make, widgets, context, target } = await setUp();
    await make('a');
    const draft = { ...draftOf(''), metadata } as ApiObject;
    await expect(widgets.update(context, target('a'), draft)).rejects.toEqual(failsWith(code, message));
  });

  it('lets one of several writers of one version win', async () => {
    const { make, put } = await setUp();
    const { resourceVersion } = meta(await make('a'));
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map((size) => put('a', { spec: { size } }, { resourceVersion })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('creates an absent object only of kinds that allow it', async () => {
    const plain = await setUp();
    await expect(plain.put('a')).rejects.toEqual(failsWith(404, 'widgets.example.dev "a" not found'));
    const { put } = await setUp({ allowCreateOnUpdate: true });
    const outcomes = await Promise.all([put('a', {}, { resourceVersion: '7' }), put('a', { spec: { size: 2 } })]);
    expect(outcomes.map(({ created }: Written) => created)).toEqual([true, false]);
  });

  it('may demand a resourceVersion', async () => {
    const { make, put } = await setUp({ requiresResourceVersion: true });
    await make('a');
    await expect(put('a', { spec: { size: 2 } })).rejects.toEqual(
      failsWith(
        422,
        'widgets.example.dev "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      ),
    );
  });

  it('changes the status by its subresource alone', async () => {
    const { make, widgets, context, target } = await setUp();
    await make('a', { spec: { size: 1 } });
    const draft = draftOf(
      'a',
      { spec: { size: 5 }, status: { phase: 'Done' } },
      { labels: { x: 'y' }, finalizers: ['example.dev/z'] },
    );
    const { value } = await widgets.update(context, target('a'), draft, 'status');
    expect(value).toMatchObject({
      spec: { size: 1 },
      status: { phase: 'Done' },
      metadata: { labels: { x: 'y' }, finalizers: ['example.dev/z'], generation: 1 },
    });
  });

  it('answers a dry run as if, and stores nothing', async () => {
    const { make, widgets, dryRun, target, storage } = await setUp();
    await make('a', { spec: { size: 1 } });
    const { value } = await widgets.update(dryRun, target('a'), draftOf('a', { spec: { size: 2 } }));
    expect(value).toMatchObject({ spec: { size: 2 }, metadata: { resourceVersion: '2', generation: 2 } });
    expect(storage.revision).toBe(2);
  });
});

describe('patch', () => {
  it('applies to what is there, also among other writers of the same turn', async () => {
    const { make, patch, widgets, context, target } = await setUp();
    await make('a', { spec: { size: 1 } });
    await Promise.all([patch('a', { spec: { color: 'red' } }), patch('a', { spec: { size: 2 } })]);
    expect((await widgets.get(context, target('a'))).value).toMatchObject({ spec: { size: 2, color: 'red' } });
  });

  it('conflicts where it names an old resourceVersion', async () => {
    const { make, patch } = await setUp();
    await make('a');
    await expect(patch('a', { metadata: { resourceVersion: '1' } })).rejects.toMatchObject({ code: 409 });
  });

  it('of the status changes the status', async () => {
    const { make, patch } = await setUp();
    await make('a', { spec: { size: 1 } });
    const { value } = await patch('a', { spec: { size: 2 }, status: { phase: 'X' } }, 'status');
    expect(value).toMatchObject({ spec: { size: 1 }, status: { phase: 'X' } });
  });
});

describe('owners', () => {
  it.each(['make', 'put', 'patch'] as const)('given twice are kept once, told or not: %s', async (verb) => {
    const { make, put, patch } = await setUp();
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'o', uid: 'u' };
    const ownerReferences = [owner, { ...owner }];
    if (verb !== 'make') await make('a');
    const written = {
      make: () => make('a', {}, { ownerReferences }),
      put: () => put('a', {}, { ownerReferences }),
      patch: () => patch('a', { metadata: { ownerReferences } }),
    };
    expect(meta(await written[verb]()).ownerReferences).toEqual([owner]);
  });
});

describe('who owns what', () => {
  const entry = (manager: string, rest: object = {}): object => ({
    manager,
    operation: 'Update',
    apiVersion: 'example.dev/v1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { 'f:size': {}, 'f:color': {} } },
    ...rest,
  });
  const owners = ({ value }: Rendered): unknown =>
    value.metadata.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1]);

  it('is not what a client says who makes an object', async () => {
    const { make } = await setUp();
    expect(meta(await make('a', {}, { managedFields: [entry('x')] }))).not.toHaveProperty('managedFields');
  });

  // As a kube-apiserver 1.35 takes them, which migrating from client-side apply to server-side apply needs.
  it('is what a client says who changes one, and follows what it changes', async () => {
    const { make, put, patch } = await setUp();
    await make('a', { spec: { size: 1, color: 'red' } });
    const said = [['x', { 'f:spec': { 'f:color': {}, 'f:size': {} } }]];
    const spec = { size: 1, color: 'red' };
    expect(owners(await put('a', { spec }, { managedFields: [entry('x')] }))).toEqual(said);
    for (const unreadable of [
      { operation: 'Replace' },
      { fieldsType: '' },
      { fieldsV1: { spec: {} } },
      { apiVersion: '' },
    ]) {
      expect(owners(await put('a', { spec }, { managedFields: [entry('y', unreadable)] }))).toEqual(said);
    }
    const changed = await put('a', { spec: { size: 2, color: 'red' } }, { managedFields: [entry('a')] });
    expect(owners(changed)).toEqual([
      ['a', { 'f:spec': { 'f:color': {} } }],
      ['unknown', { 'f:spec': { 'f:size': {} } }],
    ]);
    const status = await patch('a', { status: { phase: 'x' }, metadata: { managedFields: [entry('y')] } }, 'status');
    expect(owners(status)).toEqual([
      ['a', { 'f:spec': { 'f:color': {} } }],
      ['unknown', { 'f:spec': { 'f:size': {} } }],
      ['unknown', { 'f:status': { 'f:phase': {} } }],
    ]);
    expect(owners(await put('a', { spec }, { managedFields: [{}] }))).toBeUndefined();
    expect(owners(await put('a', { spec: { size: 3 } }))).toBeUndefined();
  });
});

describe('delete', () => {
  const success = (uid: string) => ({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: 'a', group: 'example.dev', kind: 'widgets', uid },
  });

  it('removes at once what nothing keeps', async () => {
    const { make, remove, names } = await setUp();
    const { uid } = meta(await make('a'));
    expect(await remove('a')).toMatchObject({ done: true, body: { value: success(uid) } });
    expect(await names()).toEqual([]);
    await expect(remove('a')).rejects.toEqual(failsWith(404, 'widgets.example.dev "a" not found'));
  });

  it('waits for finalizers, and goes with the last one', async () => {
    const { make, remove, patch, names } = await setUp();
    await make('a', {}, { finalizers: ['x/y', 'x/z'] });
    const { body } = await remove('a');
    expect(meta(body)).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 0,
      generation: 2,
    });
    expect((await remove('a')).body.text).toBe(body.text);
    await patch('a', { metadata: { finalizers: ['x/y'] } });
    expect(await names()).toEqual(['a']);
    const last = await patch('a', { metadata: { finalizers: null } });
    expect(meta(last).finalizers).toBeUndefined();
    expect(await names()).toEqual([]);
  });

  it.each([
    ['Foreground', { propagationPolicy: 'Foreground' }, ['foregroundDeletion']],
    ['Orphan', { propagationPolicy: 'Orphan' }, ['orphan']],
    ['orphanDependents', { orphanDependents: true }, ['orphan']],
    ['Background', { propagationPolicy: 'Background' }, undefined],
  ])('puts on the finalizer of the policy %s', async (_, options, finalizers) => {
    const { make, remove, names } = await setUp();
    await make('a');
    const { body } = await remove('a', options);
    expect(body.value.metadata.finalizers).toEqual(finalizers);
    expect(await names()).toEqual(finalizers === undefined ? [] : ['a']);
  });

  it('lets an object with a grace period die, sooner where asked again, never later', async () => {
    const { make, remove, names, clock } = await setUp({
      gracePeriodSeconds: ({ spec }, options) => options.gracePeriodSeconds ?? spec?.grace ?? 0,
      returnsDeletedObject: true,
    });
    await make('a', { spec: { grace: 30 } });
    expect(meta((await remove('a')).body)).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
    });
    clock.advance(5000);
    expect(meta((await remove('a', { gracePeriodSeconds: 60 })).body).deletionGracePeriodSeconds).toBe(30);
    expect(meta((await remove('a', { gracePeriodSeconds: 10 })).body)).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:10Z',
      deletionGracePeriodSeconds: 10,
    });
    const { body, done } = await remove('a', { gracePeriodSeconds: 0 });
    expect([body.value.kind, done]).toEqual(['Widget', true]);
    expect(await names()).toEqual([]);
  });

  it('lets an object die some day, however long it is given', async () => {
    const { make, remove } = await setUp({ gracePeriodSeconds: (_, options) => options.gracePeriodSeconds! });
    await make('a');
    const longest = { deletionTimestamp: '2318-04-12T23:47:16Z', deletionGracePeriodSeconds: 9_007_199_254_740_992 };
    expect(meta((await remove('a', { gracePeriodSeconds: 9_007_199_254_740_992 })).body)).toMatchObject(longest);
    expect(meta((await remove('a', { gracePeriodSeconds: 30 })).body).deletionTimestamp).toBe('2026-01-01T00:00:30Z');
  });

  it.each([
    [
      'the uid',
      { uid: 'zz' },
      /^Operation cannot be fulfilled on Widget.example.dev "a": the UID in the precondition \(zz\) does not match the UID in record \(.*\). The object might have been deleted and then recreated$/,
    ],
    [
      'the resourceVersion',
      { resourceVersion: '1' },
      /the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(2\). The object might have been modified$/,
    ],
  ])('checks the precondition on %s', async (_, preconditions, message) => {
    const { make, remove } = await setUp();
    await make('a');
    await expect(remove('a', { preconditions })).rejects.toMatchObject({
      code: 409,
      message: expect.stringMatching(message),
    });
  });

  it('shows what a dry run would do', async () => {
    const { make, widgets, dryRun, target, names } = await setUp();
    await make('a');
    await widgets.delete(dryRun, target('a'), {});
    expect(await names()).toEqual(['a']);
  });

  it('deletes a collection by selector and answers with what it held', async () => {
    const { make, widgets, context, names } = await setUp();
    await Promise.all(['a', 'b', 'c'].map((name) => make(name, {}, { labels: { odd: `${name !== 'b'}` } })));
    const query = { namespace: NAMESPACE, labelSelector: 'odd=true' };
    const answer = await widgets.deleteCollection(context, query, {});
    expect(answer.items.map(nameOf)).toEqual(['a', 'c']);
    expect(await names()).toEqual(['b']);
  });

  it('keeps a namespace until its own finalizers are gone, and new objects out of it', async () => {
    const { registry, context, widgets } = await setUp();
    const namespaces = registry.resource('', 'v1', 'namespaces')!;
    const draft = {
      kind: 'Namespace',
      apiVersion: 'v1',
      metadata: { name: 'ns' },
      spec: { finalizers: ['kubernetes'] },
    };
    await namespaces.create(context, {}, draft as unknown as ApiObject);
    const { body } = await namespaces.delete(context, { name: 'ns' }, {});
    expect(body.value).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } });
    const refused = widgets.create(context, { namespace: 'ns' }, draftOf('a'));
    await expect(refused).rejects.toEqual(
      failsWith(
        403,
        'widgets.example.dev "a" is forbidden: unable to create new content in namespace ns because it is being terminated',
      ),
    );
    await expect(namespaces.delete(context, { name: 'default' }, {})).rejects.toEqual(
      failsWith(403, 'namespaces "default" is forbidden: this namespace may not be deleted'),
    );
  });
});

describe('list', () => {
  it('goes page by page through one state, whatever is written meanwhile', async () => {
    const { make, remove, widgets, context } = await setUp();
    for (const name of 'abcde') await make(name);
    const first = await widgets.list(context, { namespace: NAMESPACE, limit: 2 });
    await make('bb');
    await remove('d');
    const second = await widgets.list(context, { namespace: NAMESPACE, limit: 2, continue: first.continue });
    const last = await widgets.list(context, { namespace: NAMESPACE, continue: second.continue });
    expect([first, second, last].map((page) => page.items.map(nameOf))).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect([first, second, last].map((page) => page.remainingItemCount)).toEqual([3, 1, undefined]);
    expect(new Set([first, second, last].map((page) => page.resourceVersion)).size).toBe(1);
    expect(last.continue).toBeUndefined();
  });

  it('goes on inconsistently, when told to, after compaction', async () => {
    const { make, widgets, context, storage } = await setUp();
    for (const name of 'abcd') await make(name);
    const page = await widgets.list(context, { namespace: NAMESPACE, limit: 2 });
    await make('cc');
    storage.compact(storage.revision);
    const failure: unknown = await widgets
      .list(context, { namespace: NAMESPACE, continue: page.continue })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 410, reason: 'Expired' });
    const { status } = failure as { status: Status };
    const rest = await widgets.list(context, { namespace: NAMESPACE, continue: status.metadata.continue });
    expect(rest.items.map(nameOf)).toEqual(['c', 'cc', 'd']);
  });

  it('finds and tells by an indexed field what it does without an index, after every kind of write', async () => {
    const strategy = { selectableFields: { 'spec.color': ({ spec }: Widget) => spec?.color ?? '' } };
    const fields = { fieldSelectors: ['metadata.name', 'metadata.namespace', 'spec.color'] };
    const indexed = await setUp({ ...strategy, indexedField: 'spec.color' }, fields);
    const plain = await setUp(strategy, fields);
    const queries = [
      { fieldSelector: 'spec.color=red' },
      { fieldSelector: 'spec.color=' },
      { fieldSelector: 'spec.color=none' },
      { fieldSelector: 'spec.color=red', labelSelector: 'x' },
      { fieldSelector: 'spec.color=red,metadata.name!=a' },
      { fieldSelector: 'spec.color=red', namespace: undefined },
      { fieldSelector: 'spec.color=red', namespace: 'other' },
      { fieldSelector: 'spec.color=red', limit: 2 },
      { fieldSelector: 'spec.color!=red' },
    ];
    const watchAll = ({ widgets, context }: typeof plain): string[][] =>
      queries.map((query) => {
        const seen: string[] = [];
        const tell = ({ type, value }: RenderedEvent) =>
          `${type} ${value.metadata.name} at ${value.metadata.resourceVersion}`;
        widgets.watch(
          context,
          { namespace: NAMESPACE, ...query },
          { events: (batch) => void seen.push(...batch.map(tell)), error: () => undefined },
        );
        return seen;
      });
    const told = [watchAll(indexed), watchAll(plain)];
    let found = 0;
    const compare = async (): Promise<void> => {
      for (const query of queries) {
        const names = await indexed.names(query);
        expect(names).toEqual(await plain.names(query));
        found += names.length;
      }
      expect(told[0]).toEqual(told[1]);
    };
    const steps: ((test: typeof plain) => Promise<unknown>)[] = [
      ({ make }) => make('c', { spec: { color: 'red' } }),
      ({ make }) => make('a', { spec: { color: 'red' } }, { labels: { x: '1' } }),
      ({ make }) => make('b'),
      ({ patch }) => patch('b', { spec: { color: 'red' } }),
      ({ patch }) => patch('c', { spec: { color: 'blue' } }),
      ({ patch }) => patch('a', { spec: { size: 2 } }),
      ({ remove }) => remove('a'),
      ({ make }) => make('a', { spec: { color: 'red' } }),
      ({ make, patch }) =>
        Promise.all([patch('a', { spec: { color: 'blue' } }), make('d', { spec: { color: 'red' } })]),
      ({ remove }) => remove('b'),
      ({ remove }) => remove('a'),
    ];
    for (const step of steps) {
      await step(indexed);
      await step(plain);
      await compare();
    }
    expect(found).toBeGreaterThan(50);
    expect(told[0]!.flat().length).toBeGreaterThan(30);
  });

  it('does not look at all changes for each watch of an indexed field', async () => {
    let reads = 0;
    const color = ({ spec }: Widget): string => {
      reads++;
      return spec?.color ?? '';
    };
    const { widgets, context, make } = await setUp(
      { selectableFields: { 'spec.color': color }, indexedField: 'spec.color' },
      { fieldSelectors: ['metadata.name', 'metadata.namespace', 'spec.color'] },
    );
    const seen: string[] = [];
    for (let n = 0; n < 100; n++) {
      const query = { namespace: NAMESPACE, fieldSelector: `spec.color=${n}` };
      const events = (batch: readonly RenderedEvent[]): void =>
        void seen.push(...batch.map(({ value }) => value.metadata.name));
      widgets.watch(context, query, { events, error: () => undefined });
    }
    await Promise.all(Array.from({ length: 100 }, (_, n) => make(`w-${n}`, { spec: { color: String(n) } })));
    expect(seen).toHaveLength(100);
    expect(reads).toBe(200);
  });

  it('selects by labels and fields', async () => {
    const { make, names } = await setUp(
      { selectableFields: { 'spec.color': ({ spec }) => spec?.color ?? '' } },
      { fieldSelectors: ['metadata.name', 'metadata.namespace', 'spec.color'] },
    );
    await make('a', { spec: { color: 'red' } }, { labels: { x: '1' } });
    await make('b', { spec: { color: 'blue' } }, { labels: { x: '2' } });
    await make('c', { spec: { color: 'red' } }, { labels: { x: '2' } });
    expect(await names({ labelSelector: 'x=2' })).toEqual(['b', 'c']);
    expect(await names({ fieldSelector: 'spec.color=red' })).toEqual(['a', 'c']);
    expect(await names({ fieldSelector: 'spec.color=red', labelSelector: 'x=2' })).toEqual(['c']);
    expect(await names({ fieldSelector: 'metadata.name=b' })).toEqual(['b']);
    expect(await names({ fieldSelector: 'metadata.name=b', namespace: undefined })).toEqual(['b']);
    expect(await names({ labelSelector: 'x=2', limit: 1 })).toEqual(['b']);
    await expect(names({ fieldSelector: 'foo=bar' })).rejects.toEqual(failsWith(400, 'field label not supported: foo'));
    await expect(names({ labelSelector: 'a b' })).rejects.toMatchObject({ code: 400 });
  });

  it('knows what a resourceVersion means', async () => {
    const { make, names } = await setUp();
    await make('a');
    await make('b');
    expect(await names({ resourceVersion: '0', limit: 1 })).toEqual(['a', 'b']);
    expect(await names({ resourceVersion: '2' })).toEqual(['a', 'b']);
    expect(await names({ resourceVersion: '2', resourceVersionMatch: 'NotOlderThan' })).toEqual(['a', 'b']);
    expect(await names({ resourceVersion: '2', resourceVersionMatch: 'Exact' })).toEqual(['a']);
    expect(await names({ resourceVersion: '2', limit: 5 })).toEqual(['a']);
    await expect(names({ resourceVersion: '99' })).rejects.toEqual(
      failsWith(504, 'Timeout: Too large resource version: 99, current: 3'),
    );
    await expect(names({ resourceVersion: 'x' })).rejects.toMatchObject({ code: 400 });
  });
});

describe('watch', () => {
  const receiver = () => {
    const seen: string[] = [];
    const errors: Status[] = [];
    return {
      seen,
      errors,
      events: (batch: readonly RenderedEvent[]) =>
        void seen.push(
          ...batch.map(({ type, value: { metadata } }) => `${type} ${metadata.name ?? ''}@${metadata.resourceVersion}`),
        ),
      error: (status: Status) => void errors.push(status),
    };
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('begins with what is there, once the call has returned, and marks the end of it', async () => {
    const { make, widgets, context } = await setUp();
    await make('a');
    const plain = receiver();
    const marked = receiver();
    widgets.watch(context, { namespace: NAMESPACE }, plain);
    widgets.watch(context, { namespace: NAMESPACE, allowWatchBookmarks: true, sendInitialEvents: true }, marked);
    expect(plain.seen).toEqual([]);
    await make('b');
    expect(plain.seen).toEqual(['ADDED a@2', 'ADDED b@3']);
    expect(marked.seen).toEqual(['ADDED a@2', 'BOOKMARK @2', 'ADDED b@3']);
  });

  it('goes on from a resourceVersion', async () => {
    const { make, put, remove, widgets, context } = await setUp();
    await make('a');
    await put('a', { spec: { size: 2 } });
    await remove('a');
    const late = receiver();
    widgets.watch(context, { namespace: NAMESPACE, resourceVersion: '2' }, late);
    await turn();
    expect(late.seen).toEqual(['MODIFIED a@3', 'DELETED a@4']);
  });

  it.each([
    [
      'labels',
      { labelSelector: 'tone=dark' },
      ['ADDED a@3', 'MODIFIED a@4', 'MODIFIED a@5', 'MODIFIED a@6', 'DELETED a@7', 'ADDED a@8', 'DELETED a@9'],
    ],
    [
      'fields',
      { fieldSelector: 'spec.color=red' },
      ['ADDED a@4', 'MODIFIED a@5', 'DELETED a@6', 'ADDED a@7', 'MODIFIED a@8', 'DELETED a@9'],
    ],
    [
      'both',
      { labelSelector: 'tone=dark', fieldSelector: 'spec.color=red' },
      ['ADDED a@4', 'MODIFIED a@5', 'DELETED a@6', 'ADDED a@8', 'DELETED a@9'],
    ],
  ])('shows objects that enter and leave a selection by %s', async (_, selection, expected) => {
    const { make, patch, remove, widgets, context } = await setUp(
      { selectableFields: { 'spec.color': ({ spec }) => spec?.color ?? '' } },
      { fieldSelectors: ['metadata.name', 'metadata.namespace', 'spec.color'] },
    );
    const watcher = receiver();
    widgets.watch(context, { namespace: NAMESPACE, ...selection, resourceVersion: '1' }, watcher);
    await make('a');
    await patch('a', { metadata: { labels: { tone: 'dark' } } });
    await patch('a', { spec: { color: 'red' } });
    await patch('a', { spec: { size: 2 } });
    await patch('a', { spec: { color: 'blue' } });
    await patch('a', { metadata: { labels: { tone: 'light' } }, spec: { color: 'red' } });
    await patch('a', { metadata: { labels: { tone: 'dark' } } });
    await remove('a');
    expect(watcher.seen).toEqual(expected);
  });

  it('sends bookmarks every minute to those who allow them', async () => {
    const { make, widgets, context, clock } = await setUp();
    const marked = receiver();
    const plain = receiver();
    const watch = widgets.watch(context, { resourceVersion: '1', allowWatchBookmarks: true }, marked);
    widgets.watch(context, { resourceVersion: '1' }, plain);
    await make('a');
    clock.advance(125_000);
    await turn();
    watch[Symbol.dispose]();
    clock.advance(125_000);
    expect(marked.seen).toEqual(['ADDED a@2', 'BOOKMARK @2', 'BOOKMARK @2']);
    expect(plain.seen).toEqual(['ADDED a@2']);
    expect(clock.nextTimer()).toBeUndefined();
  });

  it('sends no bookmark before the past that it stands for', async () => {
    const { make, widgets, context, clock } = await setUp();
    await make('a');
    await make('b');
    const late = receiver();
    widgets.watch(context, { resourceVersion: '2', allowWatchBookmarks: true }, late);
    clock.advance(60_000);
    await turn();
    expect(late.seen).toEqual(['ADDED b@3', 'BOOKMARK @3']);
  });

  it('says 410 for a compacted past and 504 for the future', async () => {
    const { make, widgets, context, storage } = await setUp();
    await make('a');
    await make('b');
    storage.compact(3);
    const past = receiver();
    const future = receiver();
    widgets.watch(context, { resourceVersion: '2' }, past);
    widgets.watch(context, { resourceVersion: '9', sendInitialEvents: true }, future);
    expect(past.errors).toEqual([]);
    await turn();
    expect(past.errors).toMatchObject([{ code: 410, reason: 'Expired', message: 'too old resource version: 2 (3)' }]);
    expect(future.errors).toMatchObject([{ code: 504, message: 'Timeout: Too large resource version: 9, current: 3' }]);
  });

  it('shares the text of an event between watchers', async () => {
    const { make, widgets, context } = await setUp();
    const batches: (readonly RenderedEvent[])[] = [];
    const keep = { events: (batch: readonly RenderedEvent[]) => void batches.push(batch), error: () => undefined };
    widgets.watch(context, { resourceVersion: '1' }, keep);
    widgets.watch(context, { resourceVersion: '1' }, keep);
    await make('a');
    expect(batches[0]).toBe(batches[1]);
  });
});

describe('a second version of a stored resource', () => {
  it('reads and writes the same objects in its own shape', async () => {
    const first = fakeDefinition('widgets', 'Widget', {});
    const second = fakeDefinition(
      'widgets',
      'Widget',
      {},
      {
        version: 'v2',
        conversion: {
          fromStored: (object) => {
            const { spec, ...rest } = object as Widget;
            return { ...rest, apiVersion: 'example.dev/v2', shape: spec } as ApiObject;
          },
          toStored: (object) => {
            const { shape, ...rest } = object as unknown as { shape: object } & ApiObject;
            return { ...rest, apiVersion: 'example.dev/v1', spec: shape } as ApiObject;
          },
        },
      },
    );
    const { registry, context } = await testRegistry(first, second);
    const v1 = registry.resource('example.dev', 'v1', 'widgets')!;
    const v2 = registry.resource('example.dev', 'v2', 'widgets')!;
    const target = { namespace: NAMESPACE, name: 'a' };
    await v2.create(context, { namespace: NAMESPACE }, {
      ...draftOf('a'),
      apiVersion: 'example.dev/v2',
      shape: { size: 1 },
    } as ApiObject);
    expect((await v1.get(context, target)).value).toMatchObject({ apiVersion: 'example.dev/v1', spec: { size: 1 } });
    await v1.update(context, target, draftOf('a', { spec: { size: 2 } }));
    expect((await v2.get(context, target)).value).toMatchObject({
      apiVersion: 'example.dev/v2',
      shape: { size: 2 },
      metadata: { generation: 2 },
    });
  });
});

describe('the text of an answer', () => {
  it('has its metadata in the order of the real server, stored or not', async () => {
    const { widgets, context, dryRun } = await setUp();
    const draft = draftOf('', {}, { labels: { x: 'y' }, generateName: 'g-' });
    for (const each of [context, dryRun]) {
      const { text } = await widgets.create(each, { namespace: NAMESPACE }, structuredClone(draft));
      const order = Object.keys((JSON.parse(text) as ApiObject).metadata).filter((key) => key !== 'resourceVersion');
      expect(order).toEqual(['name', 'generateName', 'namespace', 'uid', 'generation', 'creationTimestamp', 'labels']);
    }
  });
});
