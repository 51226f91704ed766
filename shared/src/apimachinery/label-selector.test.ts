import { describe, expect, it } from 'vitest';
import type { LabelSelector } from '../api/meta-v1.ts';
import {
  formatLabelSelector,
  labelSelectorMatches,
  mapSelectorMatches,
  parseLabelSelector,
  parseLabelSelectorObject,
  selectorMatches,
} from './label-selector.ts';

describe('a label selector as text', () => {
  const labels = { app: 'backend', tier: 'db', version: '5', empty: '' };
  it.each([
    ['', true],
    ['app=backend', true],
    ['app==backend', true],
    ['app = frontend', false],
    ['app!=frontend', true],
    ['missing!=x', true],
    ['missing=x', false],
    ['app in (backend, frontend)', true],
    ['app in (x,y)', false],
    ['app notin (x,y)', true],
    ['missing notin (x)', true],
    ['app', true],
    ['missing', false],
    ['!missing', true],
    ['!app', false],
    ['version>4', true],
    ['version>5', false],
    ['version<10', true],
    ['app>4', false],
    ['empty=', true],
    ['empty in ()', true],
    ['app in (backend,)', true],
    ['app=backend,tier=db,!missing', true],
    ['app=backend,tier=web', false],
    ['in in (in)', false],
    ['toString', false],
  ])('%j against the labels: %j', (text, matches) => {
    expect(selectorMatches(parseLabelSelector(text), labels)).toBe(matches);
  });

  it.each([
    ['a in (', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
    ['a,', "found '', expected: identifier after ','"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a==b==c', "found '==', expected: ',' or 'end of string'"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a=b)', "found ')', expected: ',' or 'end of string'"],
    [
      'a>x',
      "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    ['/a=d', 'unable to parse requirement: <nil>: Invalid value: "/a": prefix part must be non-empty'],
    [
      'a=-b',
      "unable to parse requirement: values[0][a]: Invalid value: \"-b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  ])('%j is refused in the words of the real server', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(message);
  });
});

describe('a LabelSelector object', () => {
  const rows: [string, LabelSelector | undefined, boolean][] = [
    ['absent selects nothing', undefined, false],
    ['empty selects everything', {}, true],
    ['matchLabels that hold', { matchLabels: { app: 'a' } }, true],
    ['matchLabels that do not', { matchLabels: { app: 'b' } }, false],
    ['In', { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] }, true],
    ['NotIn', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] }, false],
    ['Exists', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    ['DoesNotExist', { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
  ];
  it.each(rows)('%s', (_, selector, matches) => {
    expect(labelSelectorMatches(selector, { app: 'a' })).toBe(matches);
    const parsed = selector !== undefined && selectorMatches(parseLabelSelectorObject(selector), { app: 'a' });
    expect(parsed).toBe(matches);
  });

  it('reads back from its text', () => {
    const selector = parseLabelSelectorObject({
      matchLabels: { app: 'a' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['y', 'x'] },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    });
    expect(formatLabelSelector(selector)).toBe('app=a,tier in (x,y),!old');
    expect(formatLabelSelector(parseLabelSelector(formatLabelSelector(selector)))).toBe('app=a,tier in (x,y),!old');
  });
});

describe('a map selector', () => {
  it.each([
    ['absent selects nothing', undefined, false],
    ['empty selects nothing', {}, false],
    ['one pair', { app: 'a' }, true],
    ['a missing pair', { app: 'a', tier: 'db' }, false],
  ])('%s', (_, selector, matches) => expect(mapSelectorMatches(selector, { app: 'a', x: 'y' })).toBe(matches));
});
