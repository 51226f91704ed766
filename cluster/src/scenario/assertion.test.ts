import { describe, expect, it } from 'vitest';
import { describeMismatches, mismatches } from './assertion.ts';

const deployment = {
  metadata: { name: 'backend', labels: { app: 'backend', tier: 'api' } },
  spec: { replicas: 3, ports: [{ port: 80 }, { port: 443 }], note: '(not an expression)' },
  status: {
    conditions: [
      { type: 'Available', status: 'True', reason: 'Enough' },
      { type: 'Progressing', status: 'False' },
    ],
  },
};

const matching: Record<string, object> = {
  'a part of a map': { metadata: { labels: { app: 'backend' } } },
  'each item of a list, in part': { spec: { ports: [{ port: 80 }, {}] } },
  'an expression as a key, with a bare number': { spec: { '(replicas > 2)': true } },
  'an expression as a value': { spec: { replicas: '($wanted + `1`)' } },
  'an expression over the actual value': { spec: { replicas: '(@)' } },
  'a filter': { status: { "(conditions[?type == 'Available'])": [{ status: 'True' }] } },
  'a length and an index': { spec: { '(length(ports))': 2, '(ports[1].port)': 443 } },
  'an absent field asserted to be null': { metadata: { annotations: null } },
  'a field of what is absent asserted to be null': { absent: { deeper: null } },
  'every item of a list': { spec: { '~.ports': { '(port > 10)': true } } },
  'every value of a map, its key bound': { metadata: { '~key.labels': "($key == 'app' && 'backend' || 'api')" } },
  'a value bound for what is below it': { '(spec.replicas)->count': '($count)' },
  'a part of a map that an expression brings': { metadata: { labels: '($part)' } },
  'a part of a map in a list that an expression brings': { spec: { ports: '($ports)' } },
  'whatever is there': { metadata: {}, status: { conditions: [{}, {}] } },
  'a binding after a space': { '(spec.replicas)-> count': '($count)' },
  'a text that looks like an expression': { spec: { note: '\\(not an expression)\\' } },
};

const bindings = { wanted: 2, part: { tier: 'api' }, ports: [{ port: 80 }, {}] };

describe('mismatches', () => {
  it.each(Object.entries(matching))('takes %s', (_, expected) => {
    expect(mismatches(expected, deployment, bindings)).toEqual([]);
  });

  const differing: Record<string, [expected: object, lines: string[]]> = {
    'another scalar': [{ spec: { replicas: 2 } }, ['spec.replicas', '  expected 2', '  actual   3']],
    'a number that is a text': [{ spec: { replicas: '3' } }, ['spec.replicas', '  expected "3"', '  actual   3']],
    'a missing field': [{ metadata: { uid: 'x' } }, ['metadata.uid', '  expected "x"', '  actual   nothing']],
    'a shorter list': [
      { spec: { ports: [{ port: 80 }] } },
      ['spec.ports: expected 1 item, not 2', '  expected [{"port":80}]', '  actual   [{"port":80},{"port":443}]'],
    ],
    'nothing where something must be': [
      { spec: { strategy: {} } },
      ['spec.strategy: expected anything but null', '  expected {}', '  actual   nothing'],
    ],
    'what an expression brings that is not there': [
      { metadata: { labels: "(merge($part, {app: 'other'}))" } },
      ['metadata.labels', '  expected {"tier":"api","app":"other"}', '  actual   {"app":"backend","tier":"api"}'],
    ],
    'a list that an expression brings, of another length': [
      { spec: { ports: '($ports[:1])' } },
      ['spec.ports', '  expected [{"port":80}]', '  actual   [{"port":80},{"port":443}]'],
    ],
    'only what differs of a list': [
      { spec: { ports: [{ port: 80 }, { port: 8443 }] } },
      ['spec.ports[1].port', '  expected 8443', '  actual   443'],
    ],
    'an expression that does not hold': [
      { spec: { '(replicas > 3)': true } },
      ['spec.(replicas > 3)', '  expected true', '  actual   false'],
    ],
    'one of every item': [
      { spec: { '~.ports': { '(port < 100)': true } } },
      ['spec.ports[1].(port < 100)', '  expected true', '  actual   false'],
    ],
    'an expression without its binding': [
      { spec: { replicas: '($nope)' } },
      [
        'spec.replicas: ($nope): there is no binding $nope; bound are: $wanted, $part, $ports',
        '  expected "($nope)"',
        '  actual   3',
      ],
    ],
  };
  it.each(Object.entries(differing))('tells %s', (_, [expected, lines]) => {
    expect(describeMismatches(mismatches(expected, deployment, bindings))).toEqual(lines);
  });

  it('tells what is wrong with an expression', () => {
    const [mismatch] = mismatches({ '(spec.)': 1 }, deployment, {});
    expect(mismatch!.reason).toMatch(/^\(spec\.\): /);
  });
});
