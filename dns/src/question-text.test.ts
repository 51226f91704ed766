import { encode, type RecordType } from 'dns-packet';
import { expect, it } from 'vitest';
import { questionText } from './question-text.ts';

const query = (name: string, type: RecordType): Buffer =>
  encode({ type: 'query', id: 1, questions: [{ name, type, class: 'IN' }] });

it.each([
  [query('Web.default.svc.cluster.local', 'A'), 'Web.default.svc.cluster.local A'],
  [query('_http._tcp.web', 'SRV'), '_http._tcp.web SRV'],
  [query('', 'NS'), '. NS'],
  [Buffer.from('hello, this is no query'), undefined],
  [Buffer.alloc(0), undefined],
])('%# is told', (message, text) => {
  expect(questionText(message)).toBe(text);
});
