import { describe, expect, it } from 'vitest';
import { parseScenarios } from './parse-scenario.ts';

const HEAD = 'apiVersion: sim.kubarium.dev/v1alpha1\nkind: Scenario\nmetadata: {name: x}\nspec:\n  steps:\n  - try:\n';
const operation = (text: string): string => HEAD + text.replace(/^/gm, '    ');

const refused: Record<string, [text: string, message: string]> = {
  'a field that nobody knows': [
    operation('- curl:\n    pod: a\n    ulr: http://b'),
    'f.yaml:7:7: curl needs url\nf.yaml:9:9: curl has no field ulr; did you mean url?',
  ],
  'an operation that nobody knows': [
    operation('- aply: {}'),
    'f.yaml:7:7: try has no operation aply; did you mean apply?',
  ],
  'two operations in one': [
    operation('- settle: {}\n  advance: {duration: 1s}'),
    'f.yaml:7:7: one operation at a time: settle, advance stand together',
  ],
  'no operation': [operation('- description: nothing'), 'f.yaml:7:7: there is no operation here'],
  'what is no duration': [
    operation('- advance: {duration: soon}'),
    'f.yaml:7:17: duration: "soon" is no duration; write it as 1m30s or 250ms',
  ],
  'another type': [operation('- exec: {pod: a, command: ls}'), 'f.yaml:7:22: command must be a list, not "ls"'],
  'a list of nothing': [operation('- exec: {pod: a, command: []}'), 'f.yaml:7:22: command needs at least one item'],
  'an empty text': [operation("- exec: {pod: '', command: [ls]}"), 'f.yaml:7:14: pod must not be empty'],
  'a number that is too small': [
    operation('- curl: {pod: a, url: http://b, requests: 0}'),
    'f.yaml:7:37: requests must be at least 1, not 0',
  ],
  'a number that is too large': [
    HEAD.replace('spec:', 'spec:\n  cluster: {nodes: 5000}') + '    - settle: {}',
    'f.yaml:5:13: nodes must be at most 1000, not 5000',
  ],
  'nothing to wait for': [
    operation('- wait: {apiVersion: v1, kind: Pod, for: {}}'),
    'f.yaml:7:41: for needs one of condition, deletion, jsonPath',
  ],
  'two things to wait for': [
    operation('- wait: {apiVersion: v1, kind: Pod, for: {deletion: {}, condition: {name: Ready}}}'),
    'f.yaml:7:41: for needs one of condition, deletion, jsonPath',
  ],
  'a script of this machine': [
    operation('- script: {content: rm -rf /}'),
    'f.yaml:7:7: script runs in a pod here, never on this machine: name it with `pod` (and `container`)',
  ],
  'a command of this machine': [
    operation('- command: {entrypoint: rm}'),
    'f.yaml:7:7: command runs in a pod here, never on this machine: name it with `pod` (and `container`)',
  ],
  'a name and a selector': [
    operation('- podLogs: {name: a, selector: b=c}'),
    'f.yaml:7:7: podLogs takes a name or a selector, not both',
  ],
  'neither resource nor file': [operation('- apply: {}'), 'f.yaml:7:7: apply needs either resource or file'],
  'another kind': [
    'apiVersion: sim.kubarium.dev/v1alpha1\nkind: Test\n',
    'f.yaml:2:1: sim.kubarium.dev/v1alpha1 Test is no scenario; known are sim.kubarium.dev/v1alpha1 Scenario and chainsaw.kyverno.io/v1alpha1 Test',
  ],
  'a number for a duration': [
    operation('- advance: {duration: 5}'),
    'f.yaml:7:17: duration: 5 is no duration; write it as 1m30s or 250ms',
  ],
  'an expression that cannot be read': [
    operation('- assert: {resource: {spec: {(replicas >): true}}}'),
    'f.yaml:7:34: (replicas >): Syntax error: invalid token (EOF): ""',
  ],
  'a function that nobody knows, in the key of a list’s items': [
    operation("- assert: {resource: {spec: {~i.(to_uper('a'))->name: A}}}"),
    "f.yaml:7:34: (to_uper('a')): there is no function to_uper(); docs/scenarios.md lists those that there are",
  ],
  'one in what is bound': [
    operation("- create: {file: a.yaml, outputs: [{name: x, value: '(map(&uper(@), items))'}]}"),
    'f.yaml:7:50: (map(&uper(@), items)): there is no function uper(); docs/scenarios.md lists those that there are',
  ],
  'an expression with a comma that is to be quoted': [
    operation('- create: {file: a.yaml, outputs: [{name: x, value: (join(a, b))}]}'),
    'f.yaml:7:66: outputs has no field b)): an expression that holds a comma must be quoted here: "(...)"',
  ],
  'a key that stands twice': [
    operation('- sleep: {duration: 1s}\n  sleep: {duration: 2s}'),
    'f.yaml:8:7: the key sleep stands here for the second time',
  ],
  'an alias without an anchor': [
    operation('- sleep: {duration: *long}'),
    'f.yaml:7:25: Unresolved alias (the anchor must be set before the alias): long',
  ],
  'an expression that is to be quoted': [
    operation('- assert: {resource: {status: {(a[*].b): 1}}}\n- settle: {}'),
    'f.yaml:7:38: Missing , or : between flow map items (within {...} and [...] an expression that holds any of , : [ ] { } must be quoted: "(...)")',
  ],
  'a file without any': ['', 'f.yaml:1:1: there is no scenario in this file'],
};

describe('parseScenarios', () => {
  it.each(Object.entries(refused))('refuses %s, and says where', (_, [text, message]) => {
    expect(() => parseScenarios('f.yaml', text)).toThrow(expect.objectContaining({ message }) as Error);
  });

  it('tells where YAML is broken', () => {
    expect(() => parseScenarios('f.yaml', 'a: b\n c: d\n')).toThrow(/^f\.yaml:1:4: |^f\.yaml:2:/);
  });

  it('says once what the parser says twice of one place', () => {
    const text = operation('- apply: {resource: {apiVersion: v1, kind: Pod\n- settle: {}');
    expect(() => parseScenarios('f.yaml', text)).toThrow(/^f\.yaml:8:5: Flow map .* must .* end with a \}$/);
  });

  it('takes a scenario a document, and knows where its parts stand', () => {
    const text = `${operation('- settle: {}')}\n---\n${operation('- sleep: {duration: 1s}').replace('name: x', 'name: y')}`;
    const scenarios = parseScenarios('f.yaml', text);
    expect(scenarios.map(({ name }) => name)).toEqual(['x', 'y']);
    expect(scenarios[1]!.positionOf(['spec', 'steps', 0, 'try', 0, 'sleep'])).toEqual({ line: 15, column: 7 });
    expect(scenarios[1]!.positionOf(['spec', 'steps', 0, 'try', 7])).toEqual({ line: 14, column: 5 });
  });

  it('takes what is no expression as it stands', () => {
    const text = operation(
      '- script: {pod: a, content: (cd /; ls)}\n- apply: {template: false, resource: {apiVersion: v1, kind: Pod, x: (1 +)}}',
    );
    expect(parseScenarios('f.yaml', text)).toHaveLength(1);
  });

  it('takes expressions for literal where the scenario or a step says so', () => {
    const text = operation('- apply: {resource: {apiVersion: v1, kind: Pod, x: (1 +)}}');
    expect(parseScenarios('f.yaml', text.replace('spec:', 'spec:\n  template: false'))).toHaveLength(1);
    expect(parseScenarios('f.yaml', text.replace('- try', '- template: false\n    try'))).toHaveLength(1);
  });

  it("takes Chainsaw's tests as they are", () => {
    const text = operation('- assert: {resource: {apiVersion: v1, kind: Pod, metadata: {name: a}}}')
      .replace('sim.kubarium.dev', 'chainsaw.kyverno.io')
      .replace('Scenario', 'Test');
    expect(parseScenarios('f.yaml', text)).toHaveLength(1);
  });

  it('passes over manifests where they may stand beside scenarios', () => {
    const text = `${operation('- settle: {}')}\n---\napiVersion: v1\nkind: Pod\n`;
    expect(parseScenarios('f.yaml', text, 'skip')).toHaveLength(1);
    expect(() => parseScenarios('f.yaml', text)).toThrow('f.yaml:10:1: ');
  });

  it.each([
    ['kind', 'kind: Scenario', 'kind: Scenrio'],
    ['version', 'sim.kubarium.dev/v1alpha1', 'sim.kubarium.dev/v1'],
  ])('does not pass over a scenario with a misspelt %s', (_, right, wrong) => {
    const text = operation('- settle: {}').replace(right, wrong);
    expect(() => parseScenarios('f.yaml', text, 'skip')).toThrow(/^f\.yaml:2:1: .* is no scenario; known are /);
  });

  it('passes over other kinds of its own group', () => {
    const text = 'apiVersion: sim.kubarium.dev/v1alpha1\nkind: Trace\nmetadata: {name: x}\n';
    expect(parseScenarios('f.yaml', text, 'skip')).toEqual([]);
  });
});
