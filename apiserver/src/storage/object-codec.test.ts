import { Quantity, type ApiObject } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { objectCodec } from './object-codec.ts';

const object = (rest: object, metadata: object = {}): ApiObject =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { uid: 'u', name: 'n', ...metadata }, ...rest }) as ApiObject;

describe('objectCodec', () => {
  it.each<[string, ApiObject]>([
    ['a plain object', object({ spec: { containers: [{ name: 'a', ports: [] }] } })],
    ['members that are undefined', object({ spec: { a: undefined, b: { c: undefined, d: [{ e: undefined }] } } })],
    ['undefined metadata', object({}, { labels: undefined, annotations: { a: 'b' } })],
    ['undefined in a list', object({ spec: [1, undefined, null] })],
    ['what writes itself', object({ spec: { limits: { cpu: Quantity.of(2) } } })],
    ['a member named __proto__', object(JSON.parse('{"data":{"__proto__":"x","y":null}}') as object)],
    ['an undefined member beside one named __proto__', object({ data: { ...own('__proto__', 'x'), z: undefined } })],
  ])('gives the value that its text decodes to: %s', (_, value) => {
    const { text, value: stored } = objectCodec.encode(value, 7);
    expect(stored).toStrictEqual(objectCodec.decode(text));
    expect(Object.keys(stored.metadata)).toEqual(Object.keys(objectCodec.decode(text).metadata));
  });

  it('writes the revision and the order of the real server', () => {
    const { text } = objectCodec.encode(object({ spec: {} }, { labels: { a: 'b' }, resourceVersion: '3' }), 7);
    expect(text).toBe(
      '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"n","uid":"u","resourceVersion":"7","labels":{"a":"b"}},"spec":{}}',
    );
  });

  it('leaves the object as it was, and shares what is clean', () => {
    const spec = { containers: [] };
    const given = object({ spec, status: { gone: undefined } });
    const { value } = objectCodec.encode(given, 7);
    expect((value as ApiObject & { spec: unknown }).spec).toBe(spec);
    expect(given.metadata.resourceVersion).toBeUndefined();
  });
});

function own(name: string, value: unknown): object {
  return Object.defineProperty({}, name, { value, enumerable: true });
}
