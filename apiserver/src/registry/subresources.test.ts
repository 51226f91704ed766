import type {
  ApiObject,
  DeleteOptions,
  Deployment,
  Namespace,
  Pod,
  Resource,
  Scale,
  Status,
  TokenRequest,
} from '@kubarium/shared';
import {
  DEPLOYMENTS,
  isNotFound,
  NAMESPACES,
  PODS,
  REPLICATION_CONTROLLERS,
  seededRandom,
  SERVICE_ACCOUNTS,
  silentLogger,
  StatusError,
  VirtualClock,
} from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { createRegistry } from '../create-registry.ts';
import { objectCodec } from '../storage/object-codec.ts';
import { openSqliteStorage } from '../storage/sqlite-storage.ts';
import type { RequestContext } from './strategy.ts';

/** Subresources with a meaning of their own, over a whole registry; the wording is what kube-apiserver v1.35.4 answers. */

async function setUp() {
  const runtime = { clock: new VirtualClock(), random: seededRandom(1), logger: silentLogger };
  const context: RequestContext = { user: { name: 'admin', groups: [] }, runtime, dryRun: false };
  const registry = createRegistry({
    storage: openSqliteStorage<ApiObject>({ path: ':memory:', codec: objectCodec }),
    runtime,
    tokenIssuer: {
      issue: ({ serviceAccount, boundObject }) => ({
        token: `${serviceAccount.name}/${boundObject?.name ?? ''}`,
        expirationTimestamp: '2026-01-01T01:00:00Z',
        audiences: ['api'],
      }),
    },
  });
  const of = (resource: Resource) => registry.resource(resource.group, resource.version, resource.resource)!;
  const make = async (resource: Resource, name: string, rest: object = {}): Promise<ApiObject> => {
    const target = resource.namespaced ? { namespace: 'default' } : {};
    const draft = structuredClone({ kind: resource.kind, apiVersion: 'v1', metadata: { name }, ...rest });
    return (await of(resource).create(context, target, draft as ApiObject)).value;
  };
  const call = async (
    verb: 'create' | 'update',
    resource: Resource,
    name: string,
    subresource: string,
    body: object,
  ) => {
    const target = { name, ...(resource.namespaced ? { namespace: 'default' } : {}) };
    const written = await of(resource)[verb](context, target, structuredClone(body) as ApiObject, subresource);
    return JSON.parse(written.text) as unknown;
  };
  const get = async (resource: Resource, name: string): Promise<ApiObject> =>
    (await of(resource).get(context, { namespace: resource.namespaced ? 'default' : undefined, name })).value;
  await make(NAMESPACES, 'default', { spec: {}, status: {} });
  await make(SERVICE_ACCOUNTS, 'default');
  return { registry, context, make, call, get };
}

const podSpec = { spec: { containers: [{ name: 'c', image: 'x' }] } };
const binding = (name: string, target: object): object => ({
  kind: 'Binding',
  apiVersion: 'v1',
  metadata: { name },
  target,
});

async function refusal(promise: Promise<unknown>): Promise<{ code: number; message: string }> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (!(error instanceof StatusError)) throw error;
  return { code: error.code, message: error.message };
}

describe('pods/binding', () => {
  it('gives a pod its node once, without raising the generation', async () => {
    const { make, call, get } = await setUp();
    await make(PODS, 'p', podSpec);
    const answer = await call('create', PODS, 'p', 'binding', binding('p', { kind: 'Node', name: 'n1' }));
    expect(answer).toEqual({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
    const { spec, status, metadata } = (await get(PODS, 'p')) as Pod;
    expect([spec.nodeName, metadata.generation, status.conditions?.[0]?.type]).toEqual(['n1', 1, 'PodScheduled']);
    expect(await refusal(call('create', PODS, 'p', 'binding', binding('p', { name: 'n2' })))).toEqual({
      code: 409,
      message: 'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
    });
  });

  it.each([
    [
      binding('p', { kind: 'Foo', name: 'n' }),
      500,
      'target.kind: Unsupported value: "Foo": supported values: "Node", "<empty>"',
    ],
    [binding('p', { kind: 'Node' }), 500, 'target.name: Required value'],
    [binding('q', { name: 'n' }), 400, 'name in URL does not match name in Binding object'],
  ])('refuses %j', async (body, code, message) => {
    const { make, call } = await setUp();
    await make(PODS, 'p', podSpec);
    expect(await refusal(call('create', PODS, 'p', 'binding', body))).toEqual({ code, message });
  });

  it('works by the older resource bindings too', async () => {
    const { registry, context, make, get } = await setUp();
    await make(PODS, 'p', podSpec);
    const bindings = registry.resource('', 'v1', 'bindings')!;
    await bindings.create(context, { namespace: 'default' }, binding('p', { name: 'n1' }) as ApiObject);
    expect(((await get(PODS, 'p')) as Pod).spec.nodeName).toBe('n1');
  });
});

describe('pods/eviction', () => {
  const eviction = (name: string, more: object = {}): object => ({
    kind: 'Eviction',
    apiVersion: 'policy/v1',
    metadata: { name },
    ...more,
  });

  it('marks a bound pod and lets it die gracefully', async () => {
    const { make, call, get } = await setUp();
    await make(PODS, 'p', podSpec);
    await call('create', PODS, 'p', 'binding', binding('p', { name: 'n1' }));
    expect((await call('create', PODS, 'p', 'eviction', eviction('p'))) as Status).toMatchObject({ status: 'Success' });
    const { metadata, status } = (await get(PODS, 'p')) as Pod;
    expect(metadata.deletionGracePeriodSeconds).toBe(30);
    expect(status.conditions?.find(({ type }) => type === 'DisruptionTarget')?.reason).toBe('EvictionByEvictionAPI');
  });

  it('holds to preconditions', async () => {
    const { make, call } = await setUp();
    const { uid } = (await make(PODS, 'p', podSpec)).metadata;
    const body = eviction('p', { deleteOptions: { preconditions: { uid: 'abc' } } });
    expect(await refusal(call('create', PODS, 'p', 'eviction', body))).toEqual({
      code: 409,
      message: `Operation cannot be fulfilled on Pod "p": the UID in the precondition (abc) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    });
  });
});

describe('pods/ephemeralcontainers', () => {
  it('adds a container, and lets none be changed or badly named', async () => {
    const { make, call } = await setUp();
    const pod = (await make(PODS, 'p', podSpec)) as Pod;
    const put = (...containers: object[]) =>
      call('update', PODS, 'p', 'ephemeralcontainers', {
        ...pod,
        metadata: { name: 'p' },
        spec: { ...pod.spec, ephemeralContainers: containers },
      });
    const added = (await put({ name: 'd', image: 'b' })) as Pod;
    expect(added.metadata.generation).toBe(2);
    expect(added.spec.ephemeralContainers?.[0]?.imagePullPolicy).toBe('Always');
    expect((await refusal(put({ name: 'd', image: 'b2' }))).message).toContain(
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be changed\n@@ ',
    );
    const bad = { name: 'c', image: 'b', targetContainerName: 'q', ports: [{ containerPort: 1 }] };
    expect((await refusal(put({ name: 'd', image: 'b' }, bad))).message).toContain(
      'spec.ephemeralContainers[1].name: Duplicate value: "c", spec.ephemeralContainers[1].targetContainerName: Not found: "q", spec.ephemeralContainers[1].ports: Forbidden: cannot be set for an Ephemeral Container',
    );
  });
});

describe('pods/resize', () => {
  it('changes requests within the class of the pod', async () => {
    const { make, call } = await setUp();
    const spec = { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '1' } } }] };
    const pod = (await make(PODS, 'p', { spec })) as Pod;
    const put = (resources: object) =>
      call('update', PODS, 'p', 'resize', {
        ...pod,
        metadata: { name: 'p' },
        spec: { ...pod.spec, containers: [{ ...pod.spec.containers[0], resources }] },
      });
    const resized = (await put({ requests: { cpu: '2' } })) as Pod;
    expect(resized.spec.containers[0]?.resources?.requests).toEqual({ cpu: '2' });
    expect((await refusal(put({ requests: {} }))).message).toContain(
      'Pod QOS Class may not change as a result of resizing',
    );
  });
});

describe('serviceaccounts/token', () => {
  const request = (spec: object): object => ({
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {},
    spec,
  });

  it('issues an hour for the server itself by default', async () => {
    const { call } = await setUp();
    const { spec, status } = (await call('create', SERVICE_ACCOUNTS, 'default', 'token', request({}))) as TokenRequest;
    expect([spec.audiences, spec.expirationSeconds, status.token]).toEqual([['api'], 3600, 'default/']);
  });

  it('binds to a pod of the account', async () => {
    const { make, call } = await setUp();
    await make(PODS, 'p', podSpec);
    const body = request({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } });
    expect(((await call('create', SERVICE_ACCOUNTS, 'default', 'token', body)) as TokenRequest).status.token).toBe(
      'default/p',
    );
  });

  it.each([
    [
      { expirationSeconds: 10 },
      422,
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes',
    ],
    [
      { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'x' } },
      400,
      'cannot bind token to object of type /v1, Kind=ConfigMap',
    ],
    [{ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } }, 404, 'pods "p" not found'],
  ])('refuses %j', async (spec, code, message) => {
    const { call } = await setUp();
    expect(await refusal(call('create', SERVICE_ACCOUNTS, 'default', 'token', request(spec)))).toEqual({
      code,
      message,
    });
  });
});

describe('status', () => {
  const pod = { containers: [{ name: 'c', image: 'x', resources: {} }] };
  const template = { metadata: { labels: { a: 'b' } }, spec: pod };
  const METADATA = {
    labels: { l: '1' },
    annotations: { a: '1' },
    finalizers: ['x.dev/f'],
    ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u' }],
  };
  const OWNED = {
    'f:labels': { 'f:l': {} },
    'f:annotations': { 'f:a': {} },
    'f:finalizers': { 'v:"x.dev/f"': {} },
    'f:ownerReferences': { 'k:{"uid":"u"}': {} },
  };
  const { 'f:labels': _labels, ...withoutLabels } = OWNED;
  const { 'f:ownerReferences': _owners, ...withoutOwners } = OWNED;

  it.each<{ resource: Resource; spec: object; other: object; status: object; owned: object }>([
    {
      resource: DEPLOYMENTS,
      spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template },
      other: { replicas: 5 },
      status: { replicas: 3 },
      owned: { 'f:metadata': withoutLabels, 'f:status': { 'f:replicas': {} } },
    },
    {
      resource: REPLICATION_CONTROLLERS,
      spec: { replicas: 1, selector: { a: 'b' }, template },
      other: { replicas: 5 },
      status: { replicas: 3 },
      owned: { 'f:metadata': OWNED, 'f:status': { 'f:replicas': {} } },
    },
    {
      resource: PODS,
      spec: pod,
      other: { priority: 5 },
      status: { message: 'm' },
      owned: { 'f:metadata': withoutOwners, 'f:status': { 'f:message': {} } },
    },
  ])(
    'is apart from the spec of $resource.resource under server-side apply, either way',
    async ({ resource, spec, other, status, owned }) => {
      const { registry, context, make, get } = await setUp();
      const apiVersion = resource.group === '' ? 'v1' : `${resource.group}/${resource.version}`;
      const before = await make(resource, 'one', { apiVersion, spec });
      const apply = (body: object, subresource?: string) =>
        registry.resource(resource.group, resource.version, resource.resource)!.patch(
          { ...context, fieldManager: 'me' },
          { namespace: 'default', name: 'one' },
          {
            type: 'application/apply-patch+yaml',
            patch: { apiVersion, kind: resource.kind, metadata: { name: 'one', ...METADATA }, ...body },
            fieldManager: 'me',
            force: true,
          },
          subresource,
        );
      await apply({ status });
      const { metadata, ...content } = await get(resource, 'one');
      expect({ metadata: before.metadata, ...content }).toEqual(before);
      expect(metadata).toMatchObject({ ...METADATA, managedFields: [{ fieldsV1: { 'f:metadata': OWNED } }, {}] });
      expect(metadata.managedFields![0]!.fieldsV1).not.toHaveProperty('f:status');

      await apply({ spec: other, status }, 'status');
      const after = (await get(resource, 'one')) as ApiObject & { spec?: object; status?: object };
      expect(after.spec).toEqual((before as { spec?: object }).spec);
      expect(after.status).toMatchObject(status);
      expect(after.metadata.managedFields!.find(({ subresource }) => subresource === 'status')?.fieldsV1).toEqual(
        owned,
      );
    },
  );

  it('may put on and take off finalizers and owners, but not the owners of a pod', async () => {
    const { make, call, get } = await setUp();
    const { finalizers, ownerReferences } = METADATA;
    const made = await make(PODS, 'p', podSpec);
    await call('update', PODS, 'p', 'status', { ...made, metadata: { ...made.metadata, finalizers, ownerReferences } });
    const held = await get(PODS, 'p');
    expect(held.metadata.finalizers).toEqual(finalizers);
    expect(held.metadata.ownerReferences).toBeUndefined();
    await call('update', PODS, 'p', 'status', { ...held, metadata: { ...held.metadata, finalizers: [] } });
    expect((await get(PODS, 'p')).metadata.finalizers ?? []).toEqual([]);
  });
});

describe('deployments/scale', () => {
  const template = { metadata: { labels: { a: 'b' } }, ...podSpec };
  const deployment = { apiVersion: 'apps/v1', spec: { selector: { matchLabels: { a: 'b' } }, template } };
  const scale = (replicas: number, metadata: object = {}): object => ({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'd', ...metadata },
    spec: { replicas },
  });

  it('shows and changes the replicas, zero included', async () => {
    const { make, call, get } = await setUp();
    await make(DEPLOYMENTS, 'd', deployment);
    const answer = (await call('update', DEPLOYMENTS, 'd', 'scale', scale(0))) as Scale;
    expect([answer.spec, answer.status]).toEqual([{}, { replicas: 0, selector: 'a=b' }]);
    const { spec, metadata } = (await get(DEPLOYMENTS, 'd')) as Deployment;
    expect([spec.replicas, metadata.generation]).toEqual([0, 2]);
  });

  it('patches again what was written in between', async () => {
    const { registry, context, make, get } = await setUp();
    await make(DEPLOYMENTS, 'd', deployment);
    const store = registry.resource('apps', 'v1', 'deployments')!;
    const patch = (replicas: number) =>
      store.patch(
        context,
        { namespace: 'default', name: 'd' },
        { type: 'application/merge-patch+json', patch: { spec: { replicas } } },
        'scale',
      );
    await Promise.all([patch(2), patch(3), patch(4)]);
    expect((await get(DEPLOYMENTS, 'd')).metadata.generation).toBe(4);
  });

  it.each([
    [
      scale(-1),
      422,
      'Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      scale(1, { resourceVersion: '1' }),
      409,
      'Operation cannot be fulfilled on deployments.apps "d": the object has been modified; please apply your changes to the latest version and try again',
    ],
  ])('refuses %j', async (body, code, message) => {
    const { make, call } = await setUp();
    await make(DEPLOYMENTS, 'd', deployment);
    expect(await refusal(call('update', DEPLOYMENTS, 'd', 'scale', body))).toEqual({ code, message });
  });
});

describe('replicationcontrollers', () => {
  const labels = { a: 'b' };
  const controller = { spec: { selector: labels, template: { metadata: { labels }, ...podSpec } } };

  it('show a set of labels as the selector of their scale', async () => {
    const { make, call } = await setUp();
    await make(REPLICATION_CONTROLLERS, 'c', controller);
    const scale = { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'c' }, spec: { replicas: 2 } };
    const answer = (await call('update', REPLICATION_CONTROLLERS, 'c', 'scale', scale)) as Scale;
    expect([answer.spec, answer.status]).toEqual([{ replicas: 2 }, { replicas: 0, selector: 'a=b' }]);
  });

  it.each<[string, DeleteOptions, string[] | undefined]>([
    ['leave their pods alive by default', {}, ['orphan']],
    ['go at once where the client wishes', { propagationPolicy: 'Background' }, undefined],
  ])('%s', async (_title, options, finalizers) => {
    const { registry, context, make, get } = await setUp();
    await make(REPLICATION_CONTROLLERS, 'c', controller);
    const store = registry.resource('', 'v1', 'replicationcontrollers')!;
    await store.delete(context, { namespace: 'default', name: 'c' }, options);
    const left = await get(REPLICATION_CONTROLLERS, 'c').catch(() => undefined);
    expect(left?.metadata.finalizers).toEqual(finalizers);
  });
});

describe('namespaces/finalize', () => {
  it('lets a deleted namespace go with its last finalizer', async () => {
    const { registry, context, make, call, get } = await setUp();
    await make(NAMESPACES, 'n', { spec: {}, status: {} });
    await registry.resource('', 'v1', 'namespaces')!.delete(context, { name: 'n' }, {});
    const dying = (await get(NAMESPACES, 'n')) as Namespace;
    expect([dying.status.phase, dying.metadata.deletionGracePeriodSeconds]).toEqual(['Terminating', undefined]);
    await call('update', NAMESPACES, 'n', 'finalize', { ...dying, spec: {} });
    expect(isNotFound(await get(NAMESPACES, 'n').catch((error: unknown) => error))).toBe(true);
  });
});
