import { expect, it } from 'vitest';
import { finalizerNameErrors } from './finalizers.ts';

// As kube-apiserver v1.35.4 finds them.
it('asks for finalizers that are standard or qualified', () => {
  const finalizers = ['foo', 'kubernetes', 'a.b/c', '!!', 'orphan', 'foregroundDeletion'];
  const unqualified = 'name is neither a standard finalizer name nor is it fully qualified';
  expect(finalizerNameErrors(finalizers, () => 'spec.finalizers')).toMatchObject([
    { field: 'spec.finalizers', message: expect.stringContaining(`"foo": ${unqualified}`) },
    { message: expect.stringContaining('"!!": name part must consist of alphanumeric characters') },
    { message: expect.stringContaining(`"!!": ${unqualified}`) },
  ]);
});
