import { expect, it } from 'vitest';
import { DEPLOYMENTS, PODS } from '../api/resources.ts';
import * as errors from './status-errors.ts';

it.each([
  ['not found', errors.notFound(PODS, 'x'), 404, 'pods "x" not found'],
  ['not found, with a group', errors.notFound(DEPLOYMENTS, 'x'), 404, 'deployments.apps "x" not found'],
  ['already exists', errors.alreadyExists(PODS, 'x'), 409, 'pods "x" already exists'],
  [
    'conflict',
    errors.conflict(PODS, 'x'),
    409,
    'Operation cannot be fulfilled on pods "x": the object has been modified; please apply your changes to the latest version and try again',
  ],
  ['forbidden', errors.forbidden(PODS, 'x', 'no'), 403, 'pods "x" is forbidden: no'],
  ['forbidden without a name', errors.forbidden(PODS, '', 'no'), 403, 'pods is forbidden: no'],
  [
    'invalid, one cause',
    errors.invalid(PODS, 'x', [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec' }]),
    422,
    'Pod "x" is invalid: spec: Required value',
  ],
  [
    'invalid, several causes, repeats told once',
    errors.invalid(DEPLOYMENTS, 'x', [
      { message: 'm', field: 'a' },
      { message: 'm', field: 'a' },
      { message: 'n', field: 'b' },
    ]),
    422,
    'Deployment.apps "x" is invalid: [a: m, b: n]',
  ],
  [
    'a resourceVersion of the future',
    errors.tooLargeResourceVersion(5, 3),
    504,
    'Timeout: Too large resource version: 5, current: 3',
  ],
  ['internal error', errors.internalError('boom'), 500, 'Internal error occurred: boom'],
])('%s', (_, error, code, message) => {
  expect(error.code).toBe(code);
  expect(error.message).toBe(message);
});

it('names no kind where there is none', () => {
  expect(errors.invalid({ group: 'g', kind: '' }, '', []).status.details).toEqual({ group: 'g' });
});

it('puts the fields of a Status in the order of the real server', () => {
  expect(JSON.stringify(errors.notFound(DEPLOYMENTS, 'x').status)).toBe(
    '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"deployments.apps \\"x\\" not found","reason":"NotFound","details":{"name":"x","group":"apps","kind":"deployments"},"code":404}',
  );
});
