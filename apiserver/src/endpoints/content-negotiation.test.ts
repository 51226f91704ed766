import { isNotFound, StatusError } from '@kubarium/shared';
import { describe, expect, test } from 'vitest';
import { negotiate, wantsPretty, type Offer } from './content-negotiation.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

describe('negotiate', () => {
  test.each<[string, string | undefined, Offer, object]>([
    ['nothing asked', undefined, 'object', { format: 'json' }],
    ['anything', '*/*', 'object', { format: 'json' }],
    ['yaml', 'application/yaml', 'object', { format: 'yaml' }],
    [
      'protobuf first, JSON next',
      'application/vnd.kubernetes.protobuf,application/json',
      'collection',
      { format: 'json' },
    ],
    ['the better liked one', 'application/json;q=0.5, application/yaml', 'object', { format: 'yaml' }],
    ['a bare star', 'text/html, image/gif, *; q=.2, */*; q=.2', 'collection', { format: 'json' }],
    ['a table', TABLE, 'collection', { format: 'json', as: { kind: 'Table', version: 'v1' } }],
    ['a table or else JSON', `${TABLE},application/json`, 'object', { as: { kind: 'Table', version: 'v1' } }],
    ['an unknown form or else JSON', 'application/json;as=Poem;v=v1;g=meta.k8s.io,application/json', 'object', {}],
    ['a table of a review, or else JSON', `${TABLE},application/json`, 'plain', { format: 'json' }],
    ['a watch stream', 'application/json;stream=watch', 'watch', { format: 'json' }],
    ['pretty by parameter', 'application/json;pretty=1', 'object', { pretty: true }],
  ])('%s', (_, accept, offer, expected) => {
    expect(negotiate(accept, false, offer)).toEqual({ format: 'json', pretty: false, as: undefined, ...expected });
  });

  test.each<[string, string, Offer, string]>([
    ['a type nobody writes', 'text/html', 'object', '406: Not Acceptable'],
    ['an unknown form', 'application/json;as=Poem;v=v1;g=meta.k8s.io', 'object', 'only the following media types'],
    ['protobuf alone', 'application/vnd.kubernetes.protobuf', 'object', 'only the following media types'],
    ['a table of a review', TABLE, 'plain', 'only the following media types'],
    ['a watch in YAML', 'application/yaml', 'watch', 'only the following media types'],
    ['a document in YAML', 'application/yaml', 'document', 'Available representations: application/json'],
  ])('406 for %s', (_, accept, offer, message) => {
    const error = (() => {
      try {
        return negotiate(accept, false, offer);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(StatusError);
    expect((error as StatusError).code).toBe(406);
    expect((error as StatusError).message).toContain(message);
    expect(isNotFound(error)).toBe(false);
  });
});

test.each([
  ['?pretty=true', undefined, true],
  ['?pretty=0', 'curl/8.1', false],
  ['', 'curl/8.1', true],
  ['', 'Mozilla/5.0 (X11)', true],
  ['', 'kubectl/v1.35', false],
  ['', undefined, false],
])('pretty for %s by %s is %s', (query, agent, expected) => {
  expect(wantsPretty(new URLSearchParams(query), agent)).toBe(expected);
});
