import { describe, expect, test } from 'vitest';
import { discoveryFacts } from '../registry/facts.ts';
import { schemaOfKind } from '../registry/schema/facts.ts';
import { OpenApi } from './openapi.ts';
import type { Swagger } from './openapi-v2.ts';
import { WireReader } from './protobuf/wire-reader.ts';
import { testServer } from './testing/test-server.ts';

const resources = discoveryFacts().flatMap((fact) => {
  const schema = schemaOfKind(fact.group, fact.version, fact.kind);
  return schema === undefined ? [] : [{ ...fact, subresources: fact.subresources ?? {}, schema }];
});
const { text, protobuf } = new OpenApi(resources, () => undefined).swagger();
const swagger = JSON.parse(text) as Swagger;

/** The fields of a protobuf message, by number: each a text or the bytes of a message. */
function fieldsOf(bytes: Buffer): Map<number, Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const value = reader.wireType === 2 ? reader.bytes() : Buffer.from(String(reader.varint()));
    fields.set(reader.field, [...(fields.get(reader.field) ?? []), value]);
  }
  return fields;
}

/** What is found by going down field by field; the first of each. */
const down = (bytes: Buffer, ...path: number[]): Buffer =>
  path.reduce((message, field) => fieldsOf(message).get(field)![0]!, bytes);

/** A map of names to messages. */
const mapOf = (bytes: Buffer, field = 1): Map<string, Buffer> =>
  new Map((fieldsOf(bytes).get(field) ?? []).map((entry) => [down(entry, 1).toString(), down(entry, 2)]));

describe('/openapi/v2', () => {
  test('says in the words of version 2 what the documents of version 3 say', () => {
    expect(swagger.definitions['io.k8s.api.apps.v1.Deployment']).toMatchObject({
      type: 'object',
      properties: { spec: { $ref: '#/definitions/io.k8s.api.apps.v1.DeploymentSpec' } },
      'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
    });
    const path = swagger.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']!;
    expect(path.parameters.map(({ name, in: place }) => `${place} ${name}`)).toEqual([
      'path namespace',
      'path name',
      'query pretty',
    ]);
    expect(path.patch).toMatchObject({
      operationId: 'patchAppsV1NamespacedDeployment',
      consumes: expect.arrayContaining(['application/merge-patch+json']),
      responses: { 200: { schema: { $ref: '#/definitions/io.k8s.api.apps.v1.Deployment' } } },
    });
    const [body, ...query] = path.patch!.parameters!;
    expect(body).toEqual({
      name: 'body',
      in: 'body',
      required: true,
      schema: { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Patch' },
    });
    expect(query.map(({ name }) => name)).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force']);
  });

  test('refers to nothing that it does not hold, and has nothing of version 3 in it', () => {
    const referred = [...text.matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)].map(([, name]) => name!);
    expect(referred.length).toBeGreaterThan(1000);
    expect(referred.filter((name) => !(name in swagger.definitions))).toEqual([]);
    expect(text).not.toMatch(/"requestBody":|#\/components\//);
  });

  test('is the same document in protobuf', () => {
    const paths = mapOf(down(protobuf, 8), 2);
    const definitions = mapOf(down(protobuf, 9));
    expect([...paths.keys()]).toEqual(Object.keys(swagger.paths));
    expect([...definitions.keys()]).toEqual(Object.keys(swagger.definitions));
    for (const [name, schema] of definitions) {
      const properties = fieldsOf(schema).get(25)?.[0];
      const names = properties === undefined ? [] : [...mapOf(properties).keys()];
      expect([name, names]).toEqual([name, Object.keys(swagger.definitions[name]!.properties ?? {})]);
    }
    const deployment = definitions.get('io.k8s.api.apps.v1.Deployment')!;
    expect(down(deployment, 22, 1).toString()).toBe('object');
    expect(down(mapOf(down(deployment, 25)).get('spec')!, 1).toString()).toBe(
      '#/definitions/io.k8s.api.apps.v1.DeploymentSpec',
    );
    const extension = mapOf(deployment, 31).get('x-kubernetes-group-version-kind')!;
    expect(JSON.parse(down(extension, 2).toString())).toEqual([{ group: 'apps', version: 'v1', kind: 'Deployment' }]);
    const patch = down(paths.get('/apis/apps/v1/namespaces/{namespace}/deployments/{name}')!, 8);
    const [body, dryRun] = fieldsOf(patch).get(8)! as [Buffer, Buffer];
    expect(down(body, 1, 1, 2).toString()).toBe('body');
    expect(down(dryRun, 1, 2, 3, 4).toString()).toBe('dryRun');
    expect(down(dryRun, 1, 2, 3, 20).toString()).toBe('1');
  });

  test('comes in the form that the client accepts, and not again where it has it', async () => {
    await using server = await testServer();
    const form = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const json = await server.ask('GET', '/openapi/v2');
    expect([json.code, json.headers['content-type'], json.body['swagger']]).toEqual([200, 'application/json', '2.0']);
    const message = await server.ask('GET', '/openapi/v2', { headers: { accept: form } });
    expect(message.headers['content-type']).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    const again = { 'if-none-match': json.headers.etag! };
    expect((await server.ask('GET', '/openapi/v2', { headers: again })).code).toBe(304);
    expect((await server.ask('GET', '/openapi/v2', { headers: { accept: 'text/html' } })).code).toBe(406);
    expect((await server.ask('POST', '/openapi/v2')).code).toBe(405);
  });

  test('goes with a list of CustomResourceDefinitions, where there are none', async () => {
    await using server = await testServer();
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const { code, body } = await server.ask('GET', path);
    expect([code, body['kind'], body['items']]).toEqual([200, 'CustomResourceDefinitionList', []]);
    expect((await server.ask('GET', `${path}?watch=1`)).code).toBe(404);
    expect((await server.ask('POST', path, { body: '{}' })).code).toBe(404);
    expect((await server.ask('GET', path, { token: null })).code).toBe(403);
  });
});
