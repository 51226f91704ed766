import { readFileSync } from 'node:fs';
import { StatusError, type ApiObject, type PatchType } from '@kubarium/shared';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTarget } from '../schema/kind-check.ts';
import { applyPatch } from './apply-patch.ts';

interface RecordedPatch {
  readonly kind: string;
  readonly type: PatchType;
  readonly patch: unknown;
  readonly result?: ApiObject;
  readonly code?: number;
  readonly message?: string;
}

/** What a real API server answered: scripts/record-patches.py. */
const recorded = JSON.parse(readFileSync(new URL('../../../facts/patches.json', import.meta.url), 'utf8')) as {
  readonly objects: Readonly<Record<string, ApiObject>>;
  readonly cases: readonly RecordedPatch[];
};

const targetOf = (kind: string) => decodeTarget(kind === 'Deployment' ? 'apps' : '', 'v1', kind)!;

function outcome(run: () => ApiObject): { result: ApiObject } | { code: number; message: string } {
  try {
    return { result: run() };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return { code: error.code, message: error.message.replace(/Invalid value: "\{.*\}": /, 'Invalid value: OBJECT: ') };
  }
}

const apply = (kind: string, type: PatchType, patch: unknown) =>
  outcome(() => applyPatch(targetOf(kind), recorded.objects[kind]!, { type, patch, fieldValidation: 'Ignore' }).draft);

const SHORT = { 'application/json-patch+json': 'JSON', 'application/merge-patch+json': 'merge' } as Readonly<
  Record<string, string>
>;

describe('a recorded patch', () => {
  const before = JSON.stringify(recorded.objects);
  test.each(
    recorded.cases.map(
      (one) => [`${SHORT[one.type] ?? 'strategic'} of ${one.kind}: ${JSON.stringify(one.patch)}`, one] as const,
    ),
  )('%s', (_name, { kind, type, patch, result, code, message }) => {
    // The real server answers 500 to a strategic merge patch that makes no sense; here that is a 400 with the same words.
    const expected = result === undefined ? { code: code === 500 ? 400 : code, message } : { result };
    expect(apply(kind, type, patch)).toEqual(expected);
  });

  test('leaves the object as it was', () => expect(JSON.stringify(recorded.objects)).toBe(before));
});

describe('fieldValidation', () => {
  const withUnknown = (fieldValidation: 'Ignore' | 'Warn' | 'Strict', type: PatchType) => () =>
    applyPatch(targetOf('Deployment'), recorded.objects['Deployment']!, {
      type,
      patch: { spec: { foo: 1, template: { foo: { bar: 1 } } } },
      fieldValidation,
    });
  const MERGE = 'application/merge-patch+json';
  const STRATEGIC = 'application/strategic-merge-patch+json';

  test('Strict refuses unknown fields', () => {
    expect(withUnknown('Strict', STRATEGIC)).toThrow(
      ' "" is invalid: patch: Invalid value: "map[spec:map[foo:1 template:map[foo:map[bar:1]]]]": strict decoding error: unknown field "spec.foo", unknown field "spec.template.foo"',
    );
    expect(withUnknown('Strict', MERGE)).toThrow(
      /^ "" is invalid: patch: Invalid value: "\{.*\}": strict decoding error: unknown field "spec.*foo"$/,
    );
  });
  test('Warn tells them', () => {
    expect(withUnknown('Warn', STRATEGIC)().warnings).toEqual([
      'unknown field "spec.foo"',
      'unknown field "spec.template.foo"',
    ]);
  });
  test('Ignore does not', () => expect(withUnknown('Ignore', MERGE)().warnings).toEqual([]));

  test('flaws of the text of the patch are told first', () => {
    const request = { type: MERGE, patch: { foo: 1 }, patchFlaws: ['duplicate field "data.c"'] } as const;
    expect(applyPatch(targetOf('ConfigMap'), recorded.objects['ConfigMap']!, request).warnings).toEqual([
      'duplicate field "data.c"',
      'unknown field "foo"',
    ]);
  });
});

describe('any patch', () => {
  const name = fc.constantFrom(
    'metadata',
    'spec',
    'template',
    'containers',
    'name',
    'image',
    'env',
    'ports',
    'labels',
    'a',
    'replicas',
    '$patch',
    '$retainKeys',
    '$setElementOrder/containers',
    '$deleteFromPrimitiveList/finalizers',
    'finalizers',
    'containerPort',
    'volumes',
    'strategy',
  );
  const leaf = fc.oneof(fc.constantFrom(null, 'x', 'y', 'delete', 'replace', 5, 1.5, true), fc.string());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      leaf,
      fc.dictionary(name, tie('tree'), { maxKeys: 4 }),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  }));

  test.each([
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
    'application/json-patch+json',
  ] as const)('of type %s makes an object or a 4xx', (type) => {
    const operation = fc.record({
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
      path: fc.constantFrom(
        '/spec',
        '/spec/template/spec/containers/0',
        '/metadata/labels/a',
        '',
        '/',
        '/spec/-',
        'x',
        '/__proto__/x',
      ),
      from: fc.constantFrom('/spec', '/metadata', '/nothing'),
      value: tree,
    });
    const patch =
      type === 'application/json-patch+json' ? fc.array(operation, { maxLength: 4 }) : fc.dictionary(name, tree);
    fc.assert(
      fc.property(patch, (one) => {
        const answer = apply('Deployment', type, one);
        expect('code' in answer ? answer.code : 200).toBeOneOf([200, 400, 422]);
      }),
      { numRuns: 2000 },
    );
  });

  test('of the strategic kind changes nothing when applied again', () => {
    // One that names a key which it does not retain contradicts itself: it is taken for a new element only.
    const patches = recorded.cases.filter(
      (one) =>
        one.type === 'application/strategic-merge-patch+json' &&
        one.result !== undefined &&
        !JSON.stringify(one.patch).includes('"$retainKeys":["name"]'),
    );
    for (const { kind, type, patch, result } of patches) {
      const again = outcome(
        () => applyPatch(targetOf(kind), result!, { type, patch, fieldValidation: 'Ignore' }).draft,
      );
      expect(again).toEqual({ result });
    }
  });
});
