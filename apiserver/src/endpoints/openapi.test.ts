import { describe, expect, test } from 'vitest';
import { discoveryFacts, type DiscoveryFact } from '../registry/facts.ts';
import { schemaOfKind, schemas } from '../registry/schema/facts.ts';
import { OpenApi } from './openapi.ts';
import type { DescribedResource } from './openapi-paths.ts';

const described = (fact: DiscoveryFact): DescribedResource[] => {
  const schema = schemaOfKind(fact.group, fact.version, fact.kind);
  return schema === undefined ? [] : [{ ...fact, subresources: fact.subresources ?? {}, schema }];
};
const resources = discoveryFacts().flatMap(described);
const openApi = new OpenApi(resources, (schema) => ({ description: `about ${schema}`, fields: { spec: 'its spec' } }));

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly description?: string; readonly properties?: object }>>;
  };
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string }[];
  readonly 'x-kubernetes-group-version-kind': object;
}
const read = (path: string) => JSON.parse(openApi.document(path)!.text) as Document;

describe('the documents', () => {
  test('are named by the index, with what changes when the resources change', () => {
    const { paths } = openApi.index() as { paths: Record<string, { serverRelativeURL: string }> };
    expect(Object.keys(paths)).toContain('apis/apps/v1');
    expect(paths['api/v1']!.serverRelativeURL).toBe(`/openapi/v3/api/v1?hash=${openApi.document('api/v1')!.hash}`);
    const fewer = new OpenApi(
      resources.filter(({ resource }) => resource !== 'pods'),
      () => undefined,
    );
    expect(fewer.hash('api/v1')).not.toBe(openApi.hash('api/v1'));
    expect(fewer.hash('apis/apps/v1')).toBe(openApi.hash('apis/apps/v1'));
    expect(openApi.document('apis/nothing/v1')).toBeUndefined();
  });

  test.each(['api/v1', 'apis/apps/v1', 'apis/events.k8s.io/v1'])(
    '%s refers to nothing that it does not hold',
    (path) => {
      const { text } = openApi.document(path)!;
      const held = new Set(Object.keys(read(path).components.schemas));
      const referred = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
      expect(referred.length).toBeGreaterThan(50);
      expect(referred.filter((name) => !held.has(name))).toEqual([]);
    },
  );

  test('say what may be a number or a string', () => {
    const { schemas } = read('api/v1').components;
    expect(schemas['io.k8s.apimachinery.pkg.util.intstr.IntOrString']).toMatchObject({
      format: 'int-or-string',
      oneOf: [{ type: 'integer' }, { type: 'string' }],
    });
    expect(schemas['io.k8s.apimachinery.pkg.api.resource.Quantity']).not.toHaveProperty('type');
  });

  test('hold the recorded schemas, with descriptions where there are any', () => {
    const { Deployment } = Object.fromEntries(
      Object.entries(read('apis/apps/v1').components.schemas).map(([name, schema]) => [name.split('.').at(-1), schema]),
    );
    expect(Deployment).toMatchObject({
      description: 'about io.k8s.api.apps.v1.Deployment',
      properties: {
        spec: {
          description: 'its spec',
          default: {},
          allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' }],
        },
        kind: { type: 'string' },
      },
      'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
    });
    expect(Object.keys(Deployment!.properties!)).toEqual(
      Object.keys(schemas['io.k8s.api.apps.v1.Deployment']!.properties!),
    );
  });

  test('describe kinds that are not among the recorded ones, with all that they refer to', () => {
    const kind = { group: 'sim.example.dev', version: 'v1', kind: 'Note' };
    const about = { description: 'A note.', spec: { type: 'string' }, status: { type: 'object' } };
    const note = {
      ...kind,
      resource: 'notes',
      namespaced: true,
      verbs: ['create'],
      subresources: {},
      schema: '',
    } as const;
    const own = new OpenApi(
      [
        { ...note, ownSchema: about },
        { ...note, kind: 'Secretive' },
      ],
      () => undefined,
    );
    const { paths, components } = JSON.parse(own.document('apis/sim.example.dev/v1')!.text) as Document;
    expect(components.schemas['dev.example.sim.v1.Note']).toEqual({
      type: 'object',
      description: 'A note.',
      properties: {
        apiVersion: { type: 'string', description: 'sim.example.dev/v1' },
        kind: { type: 'string', description: 'Note' },
        metadata: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
        spec: about.spec,
        status: about.status,
      },
      'x-kubernetes-group-version-kind': [kind],
    });
    expect(Object.keys(components.schemas)).toContain('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
    expect(Object.keys(components.schemas).filter((name) => name.startsWith('dev.'))).toEqual([
      'dev.example.sim.v1.Note',
    ]);
    expect(Object.keys(paths)).toEqual(['/apis/sim.example.dev/v1/namespaces/{namespace}/notes']);
    const changed = new OpenApi([{ ...note, ownSchema: { ...about, description: 'Another.' } }], () => undefined);
    expect(changed.hash('apis/sim.example.dev/v1')).not.toBe(own.hash('apis/sim.example.dev/v1'));
  });

  test('say how each verb is asked for', () => {
    const path = read('apis/apps/v1').paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']!;
    const names = (operation: Operation) => operation.parameters?.map(({ name }) => name);
    expect(names(path['patch']!)).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force']);
    expect(names(path['put']!)).toContain('fieldValidation');
    expect(path['get']).toMatchObject({
      operationId: 'readAppsV1NamespacedDeployment',
      'x-kubernetes-action': 'get',
      'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' },
    });
  });

  test('show subresources that take objects, and no streams', () => {
    const paths = Object.keys(read('api/v1').paths);
    const pod = '/api/v1/namespaces/{namespace}/pods/{name}';
    expect(paths).toEqual(
      expect.arrayContaining([`${pod}/status`, `${pod}/binding`, `${pod}/eviction`, '/api/v1/pods']),
    );
    expect(paths).not.toContain(`${pod}/exec`);
    expect(paths).not.toContain('/api/v1/namespaces/{namespace}/namespaces');
  });
});
