import { seededRandom } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { evaluate, ExpressionError, SURROUNDINGS } from '../expression.ts';
import type { Question } from './cluster-functions.ts';
import { FUNCTIONS } from './function-table.ts';

const NOW = 1_710_464_523_000; // 2024-03-15T01:02:03Z

const evaluated = (expression: string, value: unknown = null, seed = 1): unknown =>
  evaluate(expression, value, { [SURROUNDINGS]: { now: () => NOW, random: seededRandom(seed), ask: answerTo } });

/** A cluster that answers each question with what it was asked, and has no object `gone`. */
const answerTo = (question: Question): unknown => ('name' in question && question.name === 'gone' ? null : question);

/** Each as Chainsaw 0.2 evaluates it, of functions in the order of docs/scenarios.md. */
const VALUES: readonly [expression: string, value: unknown, over?: unknown][] = [
  ["as_string('a')", 'a'],
  ['as_string(`1`)', null],
  ["base64_encode('smörgås')", 'c23DtnJnw6Vz'],
  ["base64_decode('c23DtnJnw6Vz')", 'smörgås'],
  ["compare('a', 'b')", -1],
  ["compare('b', 'b')", 0],
  ["concat('a', 'b')", 'ab'],
  ["equal_fold('Kelvin', 'kELVIN')", true],
  ["equal_fold('Straße', 'STRASSE')", false],
  ["path_canonicalize('/a//b/../c/./')", '/a/c'],
  ["path_canonicalize('')", ''],
  ["replace('aaaa', 'a', 'b', `2`)", 'bbaa'],
  ["replace('aaaa', 'a', 'b', `-1`)", 'bbbb'],
  ["replace('abc', '', '-', `2`)", '-a-bc'],
  ["replace_all('abab', 'ab', '$&')", '$&$&'],
  ["replace_all('abc', '', '-')", '-a-b-c-'],
  ["split('a,b,,c', ',')", ['a', 'b', '', 'c']],
  ["split('', ',')", ['']],
  ["split('añb', '')", ['a', 'ñ', 'b']],
  ["to_lower('ABÇ')", 'abç'],
  ["to_upper('aß')", 'Aß'],
  ['to_string(@)', '{"a":"\\u003c","b":1}', { b: 1, a: '<' }],
  ["trim('¡¡ola!!', '!¡')", 'ola'],
  ["trim('  x ', '')", '  x '],
  ["trim_prefix('v1.2', 'v')", '1.2'],
  ['trim_space(@)', 'a', ' \t\u00a0a\n'],
  ["truncate('añoz', `2`)", 'añ'],
  ["truncate('abc', `-3`)", ''],

  ['label_match(`{"app":"a"}`, `{"app":"a","b":"c"}`)', true],
  ['label_match(`{"app":"a"}`, `{"b":"c"}`)', false],
  ["pattern_match('12?', `123`)", true],
  ["wildcard('a?c', 'ac')", false],
  ["wildcard('a*b*c', 'aXbYbZc')", true],
  ["wildcard('a.c', 'abc')", false],
  ["regex_match('^[0-9]+$', `123`)", true],
  ["regex_match('(?i)HELLO', 'hello')", true],
  ["regex_match('[[:alpha:]]+\\z', 'ab1')", false],
  ["regex_match('^a.c$', @)", false, 'a\nc'],
  ["regex_match('(?s)^a.c$', @)", true, 'a\nc'],
  ["regex_match('^\\s$', @)", false, '\u00a0'],
  ["regex_match('\\pL\\x{41}', 'éA')", true],
  ["regex_match('a{,2}', 'a{,2}')", true],
  ["regex_match('^[]a]+$', ']a')", true],
  ["regex_match('^[\\d-x]+$', '1-x')", true],
  ["regex_match('\\Qa.b\\E', 'a.b')", true],
  ["regex_match('a\\-b\\_', 'a-b_')", true],
  ["regex_replace_all('(\\w+) (\\w+)', 'two one', '${2} $1')", 'one two'],
  ["regex_replace_all('a*', 'baaac', '-')", '-b-c-'],
  ["regex_replace_all('(?P<x>b)', 'abc', '<$x>')", 'a<b>c'],
  ["regex_replace_all('(b)', 'abc', '$1x')", 'ac'],
  ["regex_replace_all('b', 'abc', '$$')", 'a$c'],
  ["regex_replace_all('2', `122`, `9`)", '199'],
  ["regex_replace_all_literal('(b)', 'abc', '$1')", 'a$1c'],

  ['add(`1`, `2.5`)', 3.5],
  ["add('1Gi', '512Mi')", '1536Mi'],
  ["add('1h', '90s')", '1h1m30s'],
  ["add('5m', '5m')", '10m'],
  ["subtract('1Gi', '2Gi')", '-1Gi'],
  ["subtract('1h', '2h')", '-1h0m0s'],
  ["multiply(`2`, '10Mi')", '20Mi'],
  ["multiply('1', `0.3333333333333`)", '333333334n'],
  ["multiply('1h', `1.5`)", '1h30m0s'],
  ['divide(`10`, `4`)', 2.5],
  ["divide('10', `4`)", '2'],
  ["divide('1Gi', '256Mi')", 4],
  ["divide('1Gi', `3`)", '357913941'],
  ["divide('1000m', `3`)", '333m'],
  ["divide('1.5', `2`)", '700m'],
  ["divide('1.50', `2`)", '750m'],
  ["divide('1k', `7`)", '142'],
  ["divide('-7', `2`)", '-3'],
  ["divide('1.5Gi', `7`)", '230087533714285714n'],
  ["divide('1h', `7`)", '8m34.285714285s'],
  ['modulo(`-10`, `4`)', -2],
  ["modulo('1Gi', '3Mi')", '1Mi'],
  ["modulo('10s', '3s')", '1s'],
  ['sum(`["1Gi","1Mi"]`)', '1025Mi'],
  ['sum(`["10s","1m5s"]`)', '1m15s'],
  ['round(`3.14159`, `2`)', 3.14],
  ['round(`-2.5`, `0`)', -3],

  ["time_add('2023-01-12T12:37:56-05:00', '6h')", '2023-01-12T18:37:56-05:00'],
  ["time_add('2023-01-12T12:37:56.75Z', '-800ms')", '2023-01-12T12:37:55Z'],
  ["time_after('2023-01-12T14:07:55-05:00', '2023-01-12T19:05:59Z')", true],
  ["time_before('2023-01-12T12:37:56Z', '2023-01-12T12:37:56Z')", false],
  ["time_between('2023-01-12T14:07:55Z', '2023-01-12T14:07:55Z', '2023-01-12T15:07:55Z')", false],
  ["time_diff('2023-01-12T12:37:56Z', '2023-01-12T19:05:59.5Z')", '6h28m3.5s'],
  ["time_diff('2023-01-13T12:37:56Z', '2023-01-12T19:05:59Z')", '-17h31m57s'],
  ["time_diff('2023-01-13T12:37:56Z', '2023-01-13T12:37:56.0000015Z')", '1.5µs'],
  ["time_diff('0001-01-01T00:00:00Z', '2023-01-13T12:37:56Z')", '2562047h47m16.854775807s'],
  ["time_parse('Mon Jan _2 15:04:05 2006', 'Fri Mar  5 01:02:03 2024')", '2024-03-05T01:02:03Z'],
  ["time_parse('02 Jan 06 15:04 -0700', '15 Mar 68 01:02 +0130')", '2068-03-15T01:02:00+01:30'],
  ["time_parse('3:04PM', '12:30AM')", '0000-01-01T00:30:00Z'],
  ["time_parse('2006-002', '2024-060')", '2024-02-29T00:00:00Z'],
  ["time_parse('January 2, 2006', 'february 9, 2024')", '2024-02-09T00:00:00Z'],
  ["time_parse('2006-01-02T15:04:05', '2024-03-15T01:02:03.25')", '2024-03-15T01:02:03Z'],
  ["time_since('2006-01-02', '2023-01-12', '2023-01-14')", '48h0m0s'],
  ["time_to_cron('2023-02-02T15:04:05+05:00')", '4 15 2 2 4'],
  ["time_truncate('2023-01-12T17:37:00+05:30', '24h')", '2023-01-12T05:30:00+05:30'],
  ["time_truncate('2023-01-12T17:37:00Z', '168h')", '2023-01-09T00:00:00Z'],
  ["time_utc('2021-01-02T18:04:05-05:00')", '2021-01-02T23:04:05Z'],

  ['at(`[1,2]`, `1`)', 2],
  ["env('THERE_IS_NO_SUCH_VARIABLE')", ''],
  [
    'items(`{"b":1,"a":2}`, \'k\', \'v\')',
    [
      { k: 'a', v: 2 },
      { k: 'b', v: 1 },
    ],
  ],
  ["items(`[\"x\"]`, 'k', 'v')", [{ k: 0, v: 'x' }]],
  ['json_parse(\'{"a":[1,null]}\')', { a: [1, null] }],
  ['lookup(`{"a":1}`, \'toString\')', null],
  ['lookup(`[1,2]`, `-1`)', null],
  ['object_from_lists(`["a",true]`, `[1]`)', { a: 1, true: null }],
  ["parse_json('3')", 3],
  [
    'parse_yaml(@)',
    { a: true, b: '2024-01-01', c: 10, d: '1:30', 1: { x: null } },
    'a: yes\nb: 2024-01-01\nc: 012\nd: 1:30\n1: {x: ~}\n',
  ],
  ["semver_compare('4.1.3', '>=4.1.x')", true],
  ["semver_compare('3.0.0', '>=1.0.0 <2.0.0 || >= 3.0.0')", true],
  ["semver_compare('1.2.3-beta.2', '>1.2.3-beta.11')", false],
  ["semver_compare('1.2.3', '!=1.2.x')", false],
  ["semver_compare('v1.2.3', '0.0.0')", true],
  ["to_boolean('TruE')", true],
  ['x_metrics_decode(@)[?value > `3`].metric.path', ['/'], 'a{path="/"} 4\na{path="/x"} 2 7\n'],
  ["x_k8s_exists(`{}`, 'v1', 'Node', '', 'gone')", false],
  [
    "x_k8s_get(`{}`, 'v1', 'Pod', 'a', 'b')",
    { about: 'object', apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: 'b' },
  ],
  ["x_k8s_list(`{}`, 'v1', 'Node')", { about: 'list', apiVersion: 'v1', kind: 'Node', namespace: '' }],
  ["x_k8s_resource_exists(`{}`, 'v1', 'Node')", { about: 'kind', apiVersion: 'v1', kind: 'Node' }],
  ['x_k8s_server_version(`{}`)', { about: 'version' }],
];

/** What JMESPath has and Chainsaw does not, or not any more. */
const BEYOND: readonly [expression: string, value: unknown, over?: unknown][] = [
  ["replace('aaaa', 'a', 'b')", 'bbbb'],
  ["trim('  x ')", 'x'],
  ["split('a b c', ' ', `1`)", ['a', 'b c']],
  ['items(`{"b":1}`)', [['b', 1]]],
  ['sum(`[]`)', 0],
  ['a > 2.5', true, { a: 3 }],
];

/** Bad arguments, and a part of what is said of them. */
const REFUSED: readonly [expression: string, why: string][] = [
  ["concat('a')", 'concat() takes at least 2 arguments but received 1'],
  ["concat('a', `1`)", 'expected argument 2 to be type (string) but received type number'],
  ["base64_decode('aGk')", 'base64_decode(): "aGk" is not base64'],
  ["regex_match('(', 'a')", 'regex_match(): "(" is no regular expression'],
  ["regex_match('a(?=b)', 'ab')", '(?= is not there in Go'],
  ["regex_match('(a)\\1', 'aa')", '\\1 is no escape'],
  ["add('10s', '1Gi')", 'add(): it cannot be done with a duration and a quantity: "10s", "1Gi"'],
  ["add('x', '1')", 'add(): "x" is no number, quantity (1Gi) or duration (1h30m)'],
  ['add(@, `1`)', 'add(): null is no number'],
  ["divide('1h', `0`)", 'divide(): the divisor is zero'],
  ['modulo(`10.5`, `4`)', 'modulo(): 10.5 is not a whole number'],
  ['round(`1`, `-1`)', 'round(): the digits must be a whole number'],
  ["time_add('2023-02-30T12:37:56Z', '5s')", 'the day 30 is out of range'],
  ["time_add('2023-02-20T12:37:56Z', '1d')", '"1d" is no duration: write 1h30m'],
  ["time_parse('2006-01-02', '2024-2-5')", '"2024-2-5" is no time of the layout "2006-01-02"'],
  ['at(`[1,2]`, `5`)', 'at(): there is no item 5 in a list of 2'],
  ["lookup(`[1,2]`, 'a')", 'lookup(): an item of a list is looked up by a whole number, not by "a"'],
  ["parse_json('{')", 'parse_json(): '],
  ["parse_yaml('a: [')", 'parse_yaml(): '],
  ["semver_compare('1.2.3', '^1.0.0')", '"^1.0.0" is no range of versions'],
  ["semver_compare('1.2.3', '1.2.*')", '"1.2.*" is no range of versions'],
  ["regex_match('a(?i)b', 'aB')", '(?i is not there in Go, or not here in the middle'],
  ["to_boolean('yes')", `to_boolean(): "yes" is neither 'true' nor 'false'`],
  ["random('[')", 'random(): "[" is no pattern: it ends too early'],
  ["random('(([a-z]{999}){999}){999}')", 'its text is longer than 65536 characters'],
  ["time_add('2023-02-20T12:37:56Z', '9999999h')", '"9999999h" is no duration'],
  ["random('')", "random(): it takes a pattern, as '[a-z0-9]{8}'"],
  ["x_metrics_decode('a{')", 'x_metrics_decode(): line 1 is no metric: "a{"'],
  ["x_k8s_get($client, 'v1', 'Pod', 'default', 'web')", 'there is no binding $client'],
  ["x_k8s_get('client', 'v1', 'Pod', 'default', 'gone')", 'x_k8s_get(): there is no Pod default/gone'],
  ["x509_decode('x')", 'x509_decode(): certificates are not read here'],
  ['nope()', 'there is no function nope(); docs/scenarios.md lists'],
];

describe('the functions of expressions', () => {
  it.each(VALUES)('as in Chainsaw: %s', (expression, value, over) => {
    expect(evaluated(expression, over)).toEqual(value);
  });

  it.each(BEYOND)('beyond Chainsaw: %s', (expression, value, over) => {
    expect(evaluated(expression, over)).toEqual(value);
  });

  it.each(REFUSED)('refuse %s', (expression, why) => {
    expect(() => evaluated(expression)).toThrow(ExpressionError);
    expect(() => evaluated(expression)).toThrow(why);
  });

  it('are all tested', () => {
    const tested = [...VALUES, ...BEYOND, ['random( time_now( time_now_utc(']]
      .map(([expression]) => expression)
      .join(' ');
    expect(Object.keys(FUNCTIONS).filter((name) => !new RegExp(`\\b${name}\\(`).test(tested))).toEqual([]);
  });

  it("tell the cluster's time", () => {
    expect(evaluated('[time_now(), time_now_utc()]')).toEqual(['2024-03-15T01:02:03Z', '2024-03-15T01:02:03Z']);
    expect(evaluated("time_since('', '2024-03-15T00:00:00Z', '')")).toBe('1h2m3s');
    expect(() => evaluate('time_now()', null, {})).toThrow('time_now(): there is no cluster here whose time');
  });

  it.each(['[a-z0-9]{8}', 'a|bc', '(x|y\\d){2,3}-[^a-z]?', '\\w+\\.\\s*$', '[-a\\]]{3}', '.{0,4}é'])(
    'draw a text that matches %s, the same with the same seed',
    (pattern) => {
      const drawn = Array.from({ length: 50 }, (_, seed) => evaluated(`random('${pattern}')`, null, seed));
      for (const text of drawn) expect(text).toMatch(new RegExp(`^(?:${pattern})$`));
      expect(new Set(drawn).size).toBeGreaterThan(1);
      expect(evaluated(`random('${pattern}')`, null, 7)).toBe(drawn[7]);
    },
  );
});
