import { readFileSync } from 'node:fs';
import { StatusError, type ApiObject } from '@kubarium/shared';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeObject, decodeTarget, decodeValue, type DecodeTarget } from '../decode-object.ts';

/** Objects as a real API server wrote them both ways: scripts/record-protobuf.py. */
const samples = JSON.parse(
  readFileSync(new URL('../../../facts/protobuf-samples.json', import.meta.url), 'utf8'),
) as readonly { readonly json: ApiObject; readonly protobuf: string }[];

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

function targetOf({ apiVersion, kind }: ApiObject): DecodeTarget {
  const [version, group = ''] = apiVersion.split('/').reverse();
  return decodeTarget(group, version!, kind)!;
}

describe('a protobuf body', () => {
  test.each(samples.map((sample) => [sample.json.kind, sample] as const))(
    'of a %s is the object that its JSON is',
    (_kind, { json, protobuf }) => {
      const target = targetOf(json);
      expect(decodeObject(target, Buffer.from(protobuf, 'base64'), PROTOBUF).object).toEqual(json);
    },
  );

  test.each(samples.map((sample) => [sample.json.kind, sample] as const))(
    'of a %s has the shape that its JSON has',
    (_kind, { json }) => {
      const text = Buffer.from(JSON.stringify(json));
      expect(decodeObject(targetOf(json), text, 'application/json', { fieldValidation: 'Strict' }).object).toEqual(
        json,
      );
      expect(decodeValue(targetOf(json), json, { fieldValidation: 'Strict' }).object).toEqual(json);
    },
  );

  test('of another kind is refused', () => {
    const pod = samples.find(({ json }) => json.kind === 'Pod')!;
    expect(() =>
      decodeObject(decodeTarget('', 'v1', 'Service')!, Buffer.from(pod.protobuf, 'base64'), PROTOBUF),
    ).toThrow(
      'Pod in version "v1" cannot be handled as a Service: converting (v1.Pod) to (core.Service): unknown conversion',
    );
  });

  test('that is damaged is an object or a 400', () => {
    const damaged = fc
      .tuple(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 5 }),
        fc.nat(),
      )
      .map(([{ json, protobuf }, changes, length]) => {
        const bytes = Buffer.from(protobuf, 'base64');
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return { target: targetOf(json), body: length % 3 === 0 ? bytes.subarray(0, length % bytes.length) : bytes };
      });
    const outcome = (target: DecodeTarget, body: Buffer): number | string => {
      try {
        return decodeObject(target, body, PROTOBUF).object.kind;
      } catch (error) {
        if (error instanceof StatusError) return error.code;
        throw error;
      }
    };
    fc.assert(
      fc.property(damaged, ({ target, body }) => {
        expect([400, target.kind]).toContain(outcome(target, body));
      }),
      { numRuns: 5000 },
    );
  });
});
