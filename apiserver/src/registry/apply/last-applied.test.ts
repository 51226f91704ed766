import { describe, expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { structPlan } from '../schema/type-plan.ts';
import { fieldText } from './field-set.ts';
import { lastAppliedFields, renewLastApplied } from './last-applied.ts';
import { typeNamed } from './typed-value.ts';

const CONFIG_MAP = 'io.k8s.api.core.v1.ConfigMap';
const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

const configMap = (data: Json, annotations?: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...(annotations && { annotations }) },
  data,
});

const made = (lastApplied: unknown): string[] => {
  const text = typeof lastApplied === 'string' ? lastApplied : JSON.stringify(lastApplied);
  const live = configMap({ a: '1', b: '2' }, { [ANNOTATION]: text });
  return [...lastAppliedFields(live, structPlan(CONFIG_MAP)!, typeNamed(CONFIG_MAP))]
    .map(fieldText)
    .filter((field) => field.startsWith('.data'));
};

const renewed = (object: ReturnType<typeof configMap>, configuration: Json): string | undefined => {
  renewLastApplied(object, configuration);
  return object.metadata.annotations?.[ANNOTATION];
};

// As a kube-apiserver 1.35 answered the same.
describe('the last applied configuration', () => {
  test('says what client-side apply made and nobody has changed since', () => {
    expect(made(configMap({ a: '1', b: '2' }))).toEqual(['.data.a', '.data.b']);
    expect(made(configMap({ a: '1', b: 'other', c: '3' }))).toEqual(['.data.a']);
  });

  test.each([
    ['that is no JSON', '{nojson'],
    ['that is empty', ''],
    ['of another kind', { ...configMap({ a: '1' }), kind: 'Secret' }],
    ['without a kind', { data: { a: '1' } }],
    ['with a field that there is not', { ...configMap({ a: '1' }), bogus: 1 }],
    ['of another type', configMap({ a: 1 })],
  ])('says nothing where it is one %s', (_, lastApplied) => {
    expect(made(lastApplied)).toEqual([]);
  });

  test('is renewed by kubectl, without itself, as Go writes it', () => {
    const configuration = configMap({ a: '1 <&>', 9: 'y', 10: 'x' }, { [ANNOTATION]: 'mine' });
    expect(renewed(configMap({}, { [ANNOTATION]: 'old' }), configuration)).toBe(
      '{"apiVersion":"v1","data":{"10":"x","9":"y","a":"1 \\u003c\\u0026\\u003e"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"a"}}\n',
    );
  });

  test('is not made where there is none, and goes where there is no room for it', () => {
    expect(renewed(configMap({}), configMap({}))).toBeUndefined();
    expect(renewed(configMap({}, { [ANNOTATION]: '' }), configMap({}))).toBe('');
    const full = configMap({}, { [ANNOTATION]: 'old', z: 'x'.repeat(262_000) });
    expect(renewed(full, configMap({ a: 'y'.repeat(300) }))).toBeUndefined();
  });
});
