import { StatusError } from '@kubarium/shared';
import { describe, expect, test } from 'vitest';
import { applyConfiguration } from './server-side-apply.ts';
import { trackUpdate } from './track-update.ts';
import { typeNamed, type Json } from './typed-value.ts';

const CONFIG_MAP = typeNamed('io.k8s.api.core.v1.ConfigMap');
const DEPLOYMENT = typeNamed('io.k8s.api.apps.v1.Deployment');

/** Applies a configuration and gives the object with its managed fields, as it would be stored. */
function apply(
  live: Json | undefined,
  configuration: Json,
  name: string,
  options: { force?: boolean; type?: typeof CONFIG_MAP } = {},
): Json {
  const { object, managedFields } = applyConfiguration(live, options.type ?? CONFIG_MAP, {
    configuration,
    canonical: configuration,
    force: options.force ?? false,
    manager: { name, apiVersion: 'v1', time: '2026-01-01T00:00:00Z' },
    hasStatus: options.type === DEPLOYMENT,
  });
  return { ...object, metadata: { ...(object['metadata'] as object), managedFields } };
}

const update = (live: Json, next: Json, name: string, type = CONFIG_MAP): Json => ({
  ...next,
  metadata: {
    ...(next['metadata'] as object),
    managedFields: trackUpdate(live, next, type, { name, apiVersion: 'v1', time: '2026-01-01T00:00:01Z' }, false),
  },
});

/** Who owns what, shortly: manager and way, and the fields. */
const owners = (object: Json): Record<string, unknown> =>
  Object.fromEntries(
    (
      (object['metadata'] as { managedFields?: { manager: string; operation: string; fieldsV1: unknown }[] })
        .managedFields ?? []
    ).map(({ manager, operation, fieldsV1 }) => [`${manager} ${operation}`, fieldsV1]),
  );

const configMap = (data: Json, labels?: Json): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...(labels && { labels }) },
  data,
});

const deployment = (container: Json, spec: Json = {}): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', ...container }] } },
    ...spec,
  },
});

const refusal = (action: () => unknown): StatusError['status'] | undefined => {
  try {
    action();
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  return undefined;
};

// The expected owners and texts are those that a kube-apiserver 1.35 gave for the same requests.
describe('server-side apply', () => {
  const first = apply(undefined, configMap({ x: '1', y: '2' }, { l: '1' }), 'm1');

  test('owns what it says', () => {
    expect(owners(first)).toEqual({
      'm1 Apply': { 'f:data': { 'f:x': {}, 'f:y': {} }, 'f:metadata': { 'f:labels': { 'f:l': {} } } },
    });
  });

  test('refuses to change what others own, and names it', () => {
    expect(refusal(() => apply(first, configMap({ x: '9', y: '8' }), 'm2'))).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 2 conflicts: conflicts with "m1":\n- .data.x\n- .data.y',
      details: {
        causes: [
          { reason: 'FieldManagerConflict', message: 'conflict with "m1"', field: '.data.x' },
          { field: '.data.y' },
        ],
      },
    });
    expect(refusal(() => apply(first, configMap({ x: '9' }), 'm2'))?.message).toBe(
      'Apply failed with 1 conflict: conflict with "m1": .data.x',
    );
  });

  test('shares what it says alike', () => {
    expect(owners(apply(first, configMap({ x: '1' }), 'm2'))).toMatchObject({
      'm1 Apply': { 'f:data': { 'f:x': {} } },
      'm2 Apply': { 'f:data': { 'f:x': {} } },
    });
  });

  const forced = apply(first, configMap({ x: '9', z: '3' }), 'm2', { force: true });

  test('takes over by force', () => {
    expect(forced['data']).toEqual({ x: '9', y: '2', z: '3' });
    expect(owners(forced)).toEqual({
      'm1 Apply': { 'f:data': { 'f:y': {} }, 'f:metadata': { 'f:labels': { 'f:l': {} } } },
      'm2 Apply': { 'f:data': { 'f:x': {}, 'f:z': {} } },
    });
  });

  const updated = update(forced, { ...forced, data: { ...(forced['data'] as Json), y: '5', w: '1' } }, 'm3');

  test('sees what other writes change', () => {
    expect(owners(updated)).toEqual({
      'm1 Apply': { 'f:metadata': { 'f:labels': { 'f:l': {} } } },
      'm2 Apply': { 'f:data': { 'f:x': {}, 'f:z': {} } },
      'm3 Update': { 'f:data': { 'f:w': {}, 'f:y': {} } },
    });
  });

  test('removes what it says no more and nobody else owns', () => {
    const emptied = apply(updated, configMap({}), 'm1');
    expect(emptied['data']).toEqual({ w: '1', x: '9', y: '5', z: '3' });
    expect((emptied['metadata'] as Json)['labels']).toBeUndefined();
    expect(owners(emptied)['m1 Apply']).toEqual({ 'f:data': {} });
  });

  test('tells of conflicts with writers that do not apply', () => {
    expect(refusal(() => apply(updated, configMap({ w: '2' }), 'm1'))?.message).toBe(
      'Apply failed with 1 conflict: conflict with "m3" using v1: .data.w',
    );
  });

  test('leaves to before-first-apply what was there before', () => {
    const plain = { ...configMap({ x: '1' }), metadata: { name: 'a' } };
    expect(refusal(() => apply(plain, configMap({ x: '2' }), 'm1'))?.message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.x',
    );
  });

  describe('after client-side apply', () => {
    const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
    const applied = (data: Json, now = data): Json => ({
      ...configMap(now),
      metadata: { name: 'a', annotations: { [lastApplied]: JSON.stringify(configMap(data)) } },
    });
    const annotation = (object: Json): unknown =>
      ((object['metadata'] as Json)['annotations'] as Record<string, string>)[lastApplied];

    test('kubectl takes over what its annotation says, and keeps that up to date', () => {
      const object = apply(applied({ x: '1', y: '1' }), configMap({ x: '2' }), 'kubectl');
      expect(object['data']).toEqual({ x: '2', y: '1' });
      expect(annotation(object)).toBe(
        '{"apiVersion":"v1","data":{"x":"2"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
      );
      expect(owners(object)).toEqual({
        'kubectl Apply': { 'f:data': { 'f:x': {} } },
        'kubectl-client-side-apply Update': {
          'f:data': { 'f:y': {} },
          'f:metadata': { 'f:annotations': { [`f:${lastApplied}`]: {} } },
        },
      });
    });

    test.each([
      ['what was changed since', 'kubectl', applied({ x: '1' }, { x: '2' }), 'before-first-apply'],
      ['another manager', 'm1', applied({ x: '1' }), 'kubectl-client-side-apply'],
    ])('%s is a conflict', (_, manager, live, owner) => {
      expect(refusal(() => apply(live, configMap({ x: '3' }), manager))?.message).toBe(
        `Apply failed with 1 conflict: conflict with "${owner}" using v1: .data.x`,
      );
    });

    test('an annotation that cannot be read says nothing', () => {
      const live = { ...configMap({ x: '1' }), metadata: { name: 'a', annotations: { [lastApplied]: '{' } } };
      expect(refusal(() => apply(live, configMap({ x: '3' }), 'kubectl'))?.message).toContain('before-first-apply');
    });
  });

  test('changes nothing when repeated', () => {
    expect(apply(first, configMap({ x: '1', y: '2' }, { l: '1' }), 'm1')).toEqual(first);
  });

  test('merges keyed lists element by element, and takes atomic values as a whole', () => {
    const options = { type: DEPLOYMENT };
    const made = apply(
      undefined,
      deployment({ image: 'i:1', ports: [{ containerPort: 80 }], env: [{ name: 'E', value: '1' }] }, { replicas: 0 }),
      'm1',
      options,
    );
    expect(owners(made)['m1 Apply']).toEqual({
      'f:spec': {
        'f:replicas': {},
        'f:selector': {},
        'f:template': {
          'f:metadata': { 'f:labels': { 'f:a': {} } },
          'f:spec': {
            'f:containers': {
              'k:{"name":"c"}': {
                '.': {},
                'f:env': { 'k:{"name":"E"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
                'f:image': {},
                'f:name': {},
                'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
              },
            },
          },
        },
      },
    });
    const other = deployment({ image: 'i:2', env: [{ name: 'E', value: '2' }] }, { replicas: 1 });
    expect(refusal(() => apply(made, other, 'm2', options))?.message).toBe(
      'Apply failed with 3 conflicts: conflicts with "m1":\n- .spec.replicas\n- .spec.template.spec.containers[name="c"].image\n- .spec.template.spec.containers[name="c"].env[name="E"].value',
    );
    const added = apply(made, deployment({ env: [{ name: 'F', value: '3' }] }), 'm2', options);
    const without = apply(added, deployment({ image: 'i:1' }), 'm1', options);
    expect(without).toMatchObject({
      spec: { template: { spec: { containers: [{ name: 'c', image: 'i:1', env: [{ name: 'F', value: '3' }] }] } } },
    });
    expect((without['spec'] as Json)['replicas']).toBeUndefined();
  });
});
