import { StatusError } from '@kubarium/shared';
import { expect, test } from 'vitest';
import { decodePlain } from './plain-body.ts';

const target = { group: 'sim.kubarium.dev', version: 'v1alpha1', kind: 'Trace' };
const decode = (text: string, contentType?: string) => decodePlain(target, Buffer.from(text), contentType);

test('reads JSON and YAML, and fills in kind and apiVersion', () => {
  const object = { kind: 'Trace', apiVersion: 'sim.kubarium.dev/v1alpha1', metadata: {}, spec: { a: 1 } };
  expect(decode('{"spec":{"a":1}}').object).toEqual(object);
  expect(decode('spec: {a: 1}', 'application/yaml').object).toEqual(object);
});

test('takes null for absent, as all kinds do', () => {
  expect(decode('{"spec":null,"metadata":null}').object).toEqual(decode('{}').object);
  expect(decode('{"spec":{"a":null,"b":[{"c":null}]}}').object).toMatchObject({ spec: { b: [{}] } });
  expect(decode('spec: {a: null}', 'application/yaml').object).toEqual(decode('{"spec":{}}').object);
});

test.each([
  ['a list', '[]', 'application/json', 'the object provided is unrecognized'],
  ['half a document', '{', 'application/json', 'error parsing the body'],
  ['another kind', '{"kind":"Pod"}', 'application/json', 'Pod of undefined cannot be handled as a Trace'],
  [
    'an apiVersion that is no text, nor can be made one',
    '{"apiVersion":{"toString":1}}',
    'application/json',
    'undefined of {"toString":1} cannot be handled',
  ],
  ['YAML that contains itself', 'a: &a [*a]', 'application/yaml', "anchor 'a' value contains itself"],
  ['another content type', '{}', 'text/plain', 'unknown format'],
])('refuses %s', (_, text, contentType, message) => {
  expect(() => decode(text, contentType)).toThrow(StatusError);
  expect(() => decode(text, contentType)).toThrow(message);
});
