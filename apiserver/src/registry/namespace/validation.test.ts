import type { Namespace } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { validateNamespace } from './validation.ts';

// As kube-apiserver v1.35.4 finds them.
it('asks for finalizers that are standard or qualified', () => {
  const finalizers = ['foo', 'kubernetes', 'a.b/c', '!!', 'orphan', 'foregroundDeletion'];
  const unqualified = 'name is neither a standard finalizer name nor is it fully qualified';
  expect(validateNamespace({ spec: { finalizers } } as Namespace)).toMatchObject([
    { field: 'spec.finalizers', message: expect.stringContaining(`"foo": ${unqualified}`) },
    { message: expect.stringContaining('"!!": name part must consist of alphanumeric characters') },
    { message: expect.stringContaining(`"!!": ${unqualified}`) },
  ]);
});
