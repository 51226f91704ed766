import { describe, expect, test } from 'vitest';
import { describeSchema, descriptionsIn } from './schema-descriptions.ts';

describe('describeSchema', () => {
  test.each([
    ['io.k8s.api.core.v1.PodSpec', 'containers'],
    ['io.k8s.api.core.v1.ServiceSpec', 'selector'],
    ['io.k8s.api.apps.v1.DeploymentSpec', 'replicas'],
    ['io.k8s.api.discovery.v1.EndpointSlice', 'addressType'],
    ['io.k8s.api.events.v1.Event', 'reportingController'],
    ['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', 'ownerReferences'],
    ['io.k8s.api.core.v1.Pod', 'apiVersion'],
    ['io.k8s.api.networking.v1.Ingress', 'kind'],
  ])('knows %s and its field %s', (schema, field) => {
    const found = describeSchema(schema);
    expect(found?.description).toMatch(/\w+ \w+/);
    expect(found?.fields[field]).toMatch(/\w+ \w+ \w+/);
  });

  test.each(['io.k8s.api.core.v1.NoSuchThing', 'io.k8s.api.nothing.v1.Pod', 'Pod'])('knows nothing of %s', (schema) =>
    expect(describeSchema(schema)).toBeUndefined(),
  );
});

describe('descriptionsIn', () => {
  test('reads the comments of an interface and of its members, without stars and tags', () => {
    const declarations = `import { X } from './x.js';
/**
 * About the thing.
 *
 * More of it.
 */
export interface IThing {
    /**
     * The first.
     * @deprecated
     */
    "a"?: string;
    b: number;
    /**
     * The third: * a star.
     */
    "c": X;
}
/** Another. */
export declare class Thing { }
`;
    expect(descriptionsIn(declarations)).toEqual({
      description: 'About the thing.\n\nMore of it.',
      fields: { a: 'The first.', c: 'The third: * a star.' },
    });
  });

  test('finds none in other text', () => expect(descriptionsIn('nothing')).toEqual({ fields: {} }));
});
