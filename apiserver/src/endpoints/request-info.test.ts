import { describe, expect, test } from 'vitest';
import { requestInfo } from './request-info.ts';

const resource = (fields: object) => ({
  isResource: true,
  group: '',
  version: 'v1',
  namespace: undefined,
  name: undefined,
  subresource: undefined,
  rest: undefined,
  ...fields,
});

describe('requestInfo', () => {
  test.each([
    ['GET', '/api/v1/pods', { verb: 'list', resource: 'pods' }],
    ['GET', '/api/v1/pods?watch=true', { verb: 'watch', resource: 'pods' }],
    ['GET', '/api/v1/pods?watch=0', { verb: 'list', resource: 'pods' }],
    ['GET', '/api/v1/pods?limit=5&watch', { verb: 'watch', resource: 'pods' }],
    ['GET', '/api/v1/watch/pods', { verb: 'watch', resource: 'pods' }],
    ['GET', '/api/v1/watch/namespaces/a/pods/x', { verb: 'watch', resource: 'pods', namespace: 'a', name: 'x' }],
    ['GET', '/api/v1/namespaces/a/pods/x', { verb: 'get', resource: 'pods', namespace: 'a', name: 'x' }],
    ['GET', '/api/v1/namespaces/a/pods/x?watch=1', { verb: 'get', resource: 'pods', namespace: 'a', name: 'x' }],
    ['GET', '/api/v1/namespaces/a', { verb: 'get', resource: 'namespaces', namespace: 'a', name: 'a' }],
    ['GET', '/api/v1/namespaces/a%20b', { verb: 'get', resource: 'namespaces', namespace: 'a b', name: 'a b' }],
    ['GET', '/api/v1/namespaces', { verb: 'list', resource: 'namespaces' }],
    [
      'PUT',
      '/api/v1/namespaces/a/finalize',
      { verb: 'update', resource: 'namespaces', namespace: 'a', name: 'a', subresource: 'finalize' },
    ],
    ['DELETE', '/api/v1/namespaces/a/pods', { verb: 'deletecollection', resource: 'pods', namespace: 'a' }],
    ['DELETE', '/api/v1/nodes/n', { verb: 'delete', resource: 'nodes', name: 'n' }],
    [
      'PATCH',
      '/apis/apps/v1/namespaces/a/deployments/d/scale',
      { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'a', name: 'd', subresource: 'scale' },
    ],
    [
      'POST',
      '/api/v1/namespaces/a/pods/x:80/proxy/b/c%2F?q=1',
      { verb: 'create', resource: 'pods', namespace: 'a', name: 'x:80', subresource: 'proxy', rest: 'b/c%2F' },
    ],
    [
      'GET',
      '/api/v1/namespaces/a/pods/x/proxy/',
      { verb: 'get', resource: 'pods', namespace: 'a', name: 'x', subresource: 'proxy', rest: '' },
    ],
    ['OPTIONS', '/api/v1/pods', { verb: 'options', resource: 'pods' }],
  ])('%s %s', (method, url, expected) => {
    const { path, ...info } = requestInfo(method, url);
    expect(info).toEqual(resource(expected));
    expect(url.startsWith('/')).toBe(path.startsWith('/'));
  });

  test.each([
    ['GET', '/version', 'get'],
    ['POST', '/api', 'post'],
    ['GET', '/api/v1', 'get'],
    ['GET', '/apis/apps/v1/', 'get'],
    ['GET', '//api/v1/pods', 'get'],
    ['GET', '/api//v1', 'get'],
  ])('%s %s is no resource', (method, url, verb) => {
    expect(requestInfo(method, url)).toEqual({ isResource: false, verb, path: url });
  });

  test('refuses a path that is not properly encoded', () => {
    expect(() => requestInfo('GET', '/api/v1/namespaces/%zz')).toThrow(URIError);
  });
});
