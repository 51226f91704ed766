import { StatusError } from '@kubarium/shared';
import { describe, expect, test } from 'vitest';
import { decodePatch } from './decode-patch.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';

function refusal(text: string, type: string): string {
  try {
    decodePatch(Buffer.from(text), type);
  } catch (error) {
    if (error instanceof StatusError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('decodePatch', () => {
  test.each([
    [
      JSON_PATCH,
      '{"op":"add"}',
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    [
      JSON_PATCH,
      '[1]',
      'error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp',
    ],
    [JSON_PATCH, '{', 'error decoding patch: unexpected end of JSON input'],
    [JSON_PATCH, '', 'error decoding patch: unexpected end of JSON input'],
    [MERGE, '{', 'error decoding patch: unexpected end of JSON input'],
    [MERGE, '[]', 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'],
    [MERGE, '5', 'error decoding patch: json: cannot unmarshal number into Go value of type map[string]interface {}'],
    [MERGE, 'a: b', "error decoding patch: invalid character 'a' looking for beginning of value"],
    [STRATEGIC, '{', 'unexpected end of JSON input'],
    [STRATEGIC, '[]', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
    [STRATEGIC, '', 'unexpected end of JSON input'],
    [STRATEGIC, '{"a":'.repeat(20_000), "invalid character '{' exceeded max depth"],
  ])('refuses %s %j', (type, text, message) => expect(refusal(text, type)).toBe(`400 ${message}`));

  test.each(['application/json', 'text/plain', 'application/yaml'])('does not take %s', (type) => {
    expect(refusal('{}', type)).toBe('415 415: Unsupported Media Type');
  });

  test('reads the object of an apply from YAML, and from JSON', () => {
    const apply = 'application/apply-patch+yaml';
    expect(decodePatch(Buffer.from('metadata:\n  name: a\n'), apply).patch).toEqual({ metadata: { name: 'a' } });
    expect(decodePatch(Buffer.from('{"metadata":{"name":"a"}}'), apply).patch).toEqual({ metadata: { name: 'a' } });
    expect(decodePatch(Buffer.from('# nothing'), apply).patch).toEqual({});
    expect(refusal('- a', apply)).toBe(
      '400 error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
    );
    expect(refusal('a: [', apply)).toMatch(/^400 error decoding YAML: error converting YAML to JSON: yaml: line 1: /);
  });

  test('finds what is strictly wrong with the text', () => {
    const flaws = (text: string, type: string) => decodePatch(Buffer.from(text), `${type}; charset=utf-8`).patchFlaws;
    expect(flaws('[{"op":"add","path":"/foo","value":5,"op":"add","bar":1}]', JSON_PATCH)).toEqual([
      'json patch duplicate field "[0].op"',
      'json patch unknown field "[0].bar"',
    ]);
    expect(flaws('{"data":{"c":"5","c":"6"}}', MERGE)).toEqual(['duplicate field "data.c"']);
    expect(flaws('{"data":{"c":"5"}}', STRATEGIC)).toEqual([]);
  });
});
