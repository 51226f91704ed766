import { expect, test } from 'vitest';
import { typedErrors } from './typed-errors.ts';
import { typeNamed } from './typed-value.ts';

const DEPLOYMENT = typeNamed('io.k8s.api.apps.v1.Deployment');
const SPEC = '.spec.template.spec';
const C = `${SPEC}.containers[name="c"]`;

const ofDeployment = (spec: unknown): string[] =>
  typedErrors({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec }, DEPLOYMENT);
const ofPod = (spec: object): string[] => ofDeployment({ template: { spec } });
const ofContainer = (container: object): string[] => ofPod({ containers: [{ name: 'c', ...container }] });

// What a kube-apiserver 1.35 found; it tells the members of an object in no order.
test.each<[string, string[], string[]]>([
  [
    'the first unknown field of each object',
    [...ofDeployment({ bar: 2, foo: 1, template: { baz: 1 } }), ...ofContainer({ image: 'i', baz: 1 })],
    ['.spec.bar: field not declared in schema', `${C}.baz: field not declared in schema`],
  ],
  [
    'values of another type',
    ofContainer({ args: ['a', 1, null, { x: 1 }], image: ['x'], stdin: 1, tty: 'x', workingDir: 1.5 }),
    [
      `${C}.args[1]: expected string, got &value.valueUnstructured{Value:1}`,
      `${C}.args[3]: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"x":1}}`,
      `${C}.image: expected string, got &value.valueUnstructured{Value:[]interface {}{"x"}}`,
      `${C}.stdin: expected boolean, got &{1}`,
      `${C}.tty: expected boolean, got &{x}`,
      `${C}.workingDir: expected string, got &value.valueUnstructured{Value:1.5}`,
    ],
  ],
  [
    'a number that is none',
    ofContainer({ ports: [{ containerPort: '80' }] }),
    [`${C}.ports[containerPort="80",protocol="TCP"].containerPort: expected numeric (int or float), got string`],
  ],
  [
    'objects and lists that are none',
    ofPod({ containers: 'x', hostAliases: {}, nodeSelector: ['a'], securityContext: 'x' }),
    [
      `${SPEC}.containers: expected list, got &{x}`,
      `${SPEC}.hostAliases: expected list, got &{map[]}`,
      `${SPEC}.nodeSelector: expected map, got &{[a]}`,
      `${SPEC}.securityContext: expected map, got &{x}`,
    ],
  ],
  [
    'elements without keys',
    [...ofPod({ containers: [1, 2] }), ...ofContainer({ env: [null] })],
    [
      `${SPEC}.containers: element 0: associative list with keys may not have non-map elements`,
      `${C}.env: element 0: associative list with keys may not have a null element`,
    ],
  ],
  [
    'elements with the same key',
    [
      ...ofContainer({ env: [{ name: 'A' }, { name: 'B' }, { name: 'A' }] }),
      ...ofContainer({ env: [{ value: 'x' }, { value: 'y' }] }),
      ...ofContainer({
        ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }, { containerPort: 80, protocol: 'TCP' }],
      }),
      ...ofDeployment({ template: { metadata: { finalizers: ['a', 'a'] } } }),
    ],
    [
      `${C}.env: duplicate entries for key [name="A"]`,
      `${C}.env: duplicate entries for key [name=""]`,
      `${C}.ports: duplicate entries for key [containerPort=80,protocol="TCP"]`,
      '.spec.template.metadata.finalizers: duplicate entries for key [="a"]',
    ],
  ],
  [
    'nothing in what may be either, or is not there',
    [
      ...ofContainer({
        env: null,
        image: null,
        resources: { limits: { cpu: 1, memory: true } },
        livenessProbe: { httpGet: { port: true }, periodSeconds: 1.5 },
      }),
      ...ofDeployment({
        strategy: { rollingUpdate: { maxSurge: 1.5 } },
        template: { metadata: { creationTimestamp: 5 } },
      }),
    ],
    [],
  ],
])('tells %s', (_, found, expected) => {
  expect(found).toEqual(expected);
});

test('tells a hundred at most', () => {
  expect(ofContainer({ args: Array.from({ length: 500_000 }, () => 1) })).toHaveLength(100);
});
