import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNotFound, NAMESPACES } from '@kubarium/shared';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createCluster } from '../create-cluster.ts';
import { findScenarios } from './find-scenarios.ts';
import { jsonReport } from './report/json-report.ts';
import { junitReport } from './report/junit-report.ts';
import { failureLines } from './report/failure-lines.ts';
import { runScenarios, type RunScenariosOptions } from './run-scenarios.ts';
import type { ScenarioResult } from './scenario-result.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kubarium-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs one scenario with these steps. */
async function run(name: string, spec: string, options: RunScenariosOptions = {}): Promise<ScenarioResult> {
  const file = join(folder, `${name}.yaml`);
  const body = spec.trim().replace(/^/gm, '  ');
  writeFileSync(
    file,
    `apiVersion: sim.kubarium.dev/v1alpha1\nkind: Scenario\nmetadata: {name: ${name}}\nspec:\n${body}\n`,
  );
  const [result] = await runScenarios(findScenarios([folder]), options);
  return result!;
}

const POD = `{apiVersion: v1, kind: Pod, metadata: {name: crasher}, spec: {containers: [{name: main, image: busybox, command: [sh, -c, 'echo no config; exit 1']}]}}`;

const FAILING = `
steps:
- name: runs
  try:
  - create: {resource: ${POD}}
  - wait: {apiVersion: v1, kind: Pod, name: crasher, timeout: 20s, for: {condition: {name: Ready}}}
  - settle: {}
  catch: [{apply: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: caught}}}}]
  finally: [{assert: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: caught}}}}]
  cleanup: [{delete: {ref: {apiVersion: v1, kind: ConfigMap, name: caught}}}]
- try: [{settle: {}}]
`;

it('ends at the first failure and tells the step, the difference, the events and the logs', async () => {
  const result = await run('failing', FAILING);
  const done = result.operations.map(({ section, operation, status }) => `${section} ${operation} ${status}`);
  expect({ status: result.status, done }).toEqual({
    status: 'failed',
    done: [
      'try create passed',
      'try wait failed',
      'catch apply passed',
      'finally assert passed',
      'cleanup delete passed',
    ],
  });
  const { failure, position } = result.operations[1]!;
  expect(position).toEqual({ line: 9, column: 7 });
  expect(failure!.message).toBe('pod default/crasher not Ready=True after 20s');
  const lines = failureLines(failure!).join('\n');
  expect(lines).toMatch(/^crasher\n {2}expected Ready=True\n {2}actual {3}Ready=False ContainersNotReady/);
  expect(lines).toMatch(/\+\d+s {2}Warning BackOff {2}pod\/crasher: Back-off restarting failed container main/);
  expect(lines).toContain('last lines of pod/crasher main:\n  no config');
});

it('reports for programs', async () => {
  const result = await run('failing', FAILING);
  const again = ({ name }: ScenarioResult): string => `run ${name} again`;
  const xml = junitReport([{ ...result, file: 'f.yaml' }], again);
  expect(xml).toContain('<testsuite name="f.yaml" tests="1" failures="1" errors="0" skipped="0"');
  expect(xml).toContain('<failure message="f.yaml:9: pod default/crasher not Ready=True after 20s">');
  expect(xml).toMatch(/no config\n\nagain: run failing again<\/failure>/);
  const json = JSON.parse(jsonReport([result], again)) as { failed: number; scenarios: ScenarioResult[] };
  expect(json).toMatchObject({
    failed: 1,
    scenarios: [{ name: 'failing', again: 'run failing again', operations: [{}, { status: 'failed' }, {}, {}, {}] }],
  });
});

const WRONG_POD = `{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: main, image: busybox, imgaePullPolicy: Never}]}}`;
const WRONG_MAP = `{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, dat: {a: b}}`;
const MAP = '{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}';

it.each([
  [
    'a field that the kind has not, created',
    `create: {resource: ${WRONG_POD}}`,
    'strict decoding error: unknown field "spec.containers[0].imgaePullPolicy"',
  ],
  ['a field that the kind has not, applied anew', `apply: {resource: ${WRONG_MAP}}`, 'unknown field "dat"'],
  ['one applied again', `apply: {resource: ${MAP}}}, {apply: {resource: ${WRONG_MAP}}`, 'unknown field "dat"'],
  ['one patched', `apply: {resource: ${MAP}}}, {patch: {resource: ${WRONG_MAP}}`, 'unknown field "dat"'],
  ['one put', `apply: {resource: ${MAP}}}, {update: {resource: ${WRONG_MAP}}`, 'unknown field "dat"'],
  [
    'a kind in a wrong group',
    'create: {resource: {apiVersion: v1, kind: Deployment, metadata: {name: web}}}',
    'the cluster serves no kind Deployment in v1; it is in apps/v1',
  ],
  [
    'a mistyped kind',
    'wait: {apiVersion: apps/v1, kind: Deploymet, name: web, for: {deletion: {}}}',
    'the cluster serves no kind Deploymet in apps/v1; did you mean Deployment in apps/v1?',
  ],
  [
    'a kind that nobody serves',
    'assert: {resource: {apiVersion: example.dev/v1, kind: Spaceship, metadata: {name: web}}}',
    /Spaceship in example\.dev\/v1$/,
  ],
  ['a file that is not there', 'apply: {file: nowhere.yaml}', /^there is no file .*nowhere\.yaml$/],
])('says what is wrong with %s', async (_, operations, message) => {
  const result = await run('wrong', `steps: [{try: [{${operations}}]}]`);
  expect(result.status).toBe('failed');
  expect(result.operations.at(-1)!.failure!.message).toMatch(message);
});

it.each([
  ['broken YAML', 'kind: Pod\nmetadata: {name: a\n', /^\S+other\.txt:3:1: Flow map in block collection /],
  ['a text that is no object', 'kind', /^\S+other\.txt:1:1: this is no object with apiVersion and kind$/],
  [
    'what is no UTF-8',
    Buffer.from('kind: Pod\nname: caf\xe9', 'latin1'),
    /^\S+other\.txt:2:10: what begins here is no UTF-8/,
  ],
])('says where a file of objects has %s', async (_, text, message) => {
  writeFileSync(join(folder, 'other.txt'), text);
  const result = await run('wrong', 'steps: [{try: [{apply: {file: other.txt}}]}]');
  expect(result.operations.at(-1)!.failure!.message).toMatch(message);
});

const SHOWING = `
catch: [{events: {}}]
steps:
- try:
  - create: {resource: ${POD}}
  - wait: {apiVersion: v1, kind: Pod, name: crasher, timeout: 5s, for: {condition: {name: Ready}}}
  catch:
  - get: {apiVersion: v1, kind: Pod, selector: 'a!=b'}
  - get: {apiVersion: v1, kind: Pod, name: crasher, format: json}
  - describe: {apiVersion: v1, kind: Pod, name: crasher}
  - events: {name: crasher}
  - podLogs: {name: crasher, tail: 1}
  - podLogs: {name: crasher, container: other}
  - get: {apiVersion: v1, kind: ConfigMap, name: nowhere}
`;

it('shows what it is asked for', async () => {
  const { operations, transcript } = await run('showing', SHOWING);
  const [all, json, described, events, logs, wrong, missing, last] = operations.slice(2);
  expect(all).toMatchObject({ section: 'catch', operation: 'get', status: 'passed', says: '1 pod' });
  expect(all!.shows.slice(0, 4)).toEqual(['apiVersion: v1', 'kind: Pod', 'metadata:', '  name: crasher']);
  expect(JSON.parse(json!.shows.join('\n'))).toMatchObject({ kind: 'Pod', metadata: { name: 'crasher' } });
  expect(described!.shows.join('\n')).toMatch(
    /\nstatus:\n[^]*\nevents:\n {2}\+0s {2}Normal Scheduled {2}pod\/crasher: /,
  );
  const reasons = events!.shows.map((line) => line.split(/ +/)[2]);
  expect(reasons.slice(0, 2)).toEqual(['Scheduled', 'Pulled']);
  expect(reasons.at(-1)).toBe('BackOff');
  expect(logs!.shows).toEqual(['pod/crasher main:', '  no config']);
  expect(wrong!.failure!.message).toBe('pod crasher has no container other; it has main');
  expect(missing!.failure!.message).toBe('there is no configmap default/nowhere');
  expect(last).toMatchObject({ operation: 'events', status: 'passed' });
  expect(transcript).toContain('    no config');
});

const SHELL_POD = `{apiVersion: v1, kind: Pod, metadata: {name: shell}, spec: {containers: [{name: main, image: busybox, command: [sleep, 1d]}]}}`;
const SHELL = `create: {resource: ${SHELL_POD}}}, {wait: {apiVersion: v1, kind: Pod, name: shell, for: {condition: {name: Ready}}}`;

it.each([
  [
    'a pattern that is an expression',
    `exec: {pod: shell, command: [echo, red], expect: {stdout: {matches: (red|blue)}}}`,
    'expected (red|blue), an expression that gives null; as a text it is \\(red|blue)\\',
  ],
  [
    'a pattern that is none',
    String.raw`exec: {pod: shell, command: [echo, green], expect: {stdout: {matches: \(red|blue)\}}}`,
    'expected to match /(red|blue)/',
  ],
  [
    'a command on a node that is off',
    'crash: {node: node-1}}, {crash: {node: node-2}}, {exec: {pod: shell, command: [ls]}',
    /^pod shell is on node-\d, which is switched off; restart the node first$/m,
  ],
  [
    'a crash on a node that is off',
    'crash: {node: node-1}}, {crash: {node: node-2}}, {crash: {pod: shell, container: main}',
    /^pod shell is on node-\d, which is switched off; restart the node first$/m,
  ],
  [
    'a command in a pod that waits',
    `create: {resource: ${SHELL_POD.replace('shell', 'other').replace('sleep, 1d]', "sleep, 1d], resources: {requests: {cpu: '99'}}")}}}, {exec: {pod: other, command: [ls]}`,
    'pod other does not run yet (Pending); wait for it first',
  ],
  [
    'requests that too few pods answered',
    `create: {resource: ${SHELL_POD.replace('shell', 'web').replace('busybox, command: [sleep, 1d]', 'web')}}}, {wait: {apiVersion: v1, kind: Pod, name: web, for: {condition: {name: Ready}}}}, {curl: {pod: web, url: 'http://localhost:8080', requests: 3, expect: {pods: 2}}`,
    'namely   web 3',
  ],
])('says what is wrong with %s', async (_, operations, message) => {
  const result = await run('wrong', `steps: [{try: [{${SHELL}}, {${operations}}]}]`);
  const { failure } = result.operations.at(-1)!;
  expect([failure!.message, ...failure!.details].join('\n')).toMatch(message);
});

it('runs alone what may not run while others do', async () => {
  const spec = (name: string, more: string): string =>
    `apiVersion: sim.kubarium.dev/v1alpha1\nkind: Scenario\nmetadata: {name: ${name}}\nspec: {${more}steps: [{try: [{settle: {}}]}]}\n`;
  const text = [spec('a', 'concurrent: false, '), spec('b', ''), spec('c', ''), spec('d', 'concurrent: false, ')];
  writeFileSync(join(folder, 'all.yaml'), text.join('---\n'));
  const seen: string[] = [];
  const results = await runScenarios(findScenarios([folder]), {
    onStart: ({ name }) => void seen.push(`begin ${name}`),
    onEnd: ({ name }) => void seen.push(`end ${name}`),
  });
  expect(results.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  expect(seen.slice(0, 2)).toEqual(['begin b', 'begin c']);
  expect(seen.slice(4)).toEqual(['begin a', 'end a', 'begin d', 'end d']);
});

it('fills in the arguments of a command, waits before it cleans up, and takes what the scenario says for all', async () => {
  const shell = `{apiVersion: v1, kind: Pod, metadata: {name: shell, labels: {text: '($none)'}}, spec: {containers: [{name: main, image: busybox, command: [sleep, 1d]}]}}`;
  const result = await run(
    'all',
    `
template: true
delayBeforeCleanup: 7s
steps:
- try:
  - create: {resource: ${shell.replace('($none)', 'none')}}
  - wait: {apiVersion: v1, kind: Pod, name: shell, for: {condition: {name: Ready}}}
  - command: {pod: shell, entrypoint: echo, args: ['$NAMESPACE/$\{A}', '$B'], env: [{name: A, value: "(join('', ['x', 'y']))"}], check: {($stdout): 'default/xy $B'}}
  - script: {pod: shell, skipLogOutput: true, content: echo secret}
  cleanup: [{settle: {}}]
- template: false
  try: [{create: {resource: ${shell}, expect: [{check: {"(contains($error, '($none)'))": true}}]}}]
`,
  );
  expect(result).toMatchObject({ status: 'passed', failure: undefined });
  expect(result.operations[3]!.says).toBe('script');
  expect(result.clusterMs).toBeGreaterThan(7000);
});

it('goes on after a failure that may be', async () => {
  const failing = 'assert: {timeout: 0s, resource: {apiVersion: v1, kind: Pod, metadata: {name: nobody}}}';
  const result = await run(
    'going-on',
    `steps: [{try: [{${failing}, continueOnError: true}, {settle: {}}]}, {try: [{settle: {}}]}]`,
  );
  expect([result.status, result.operations.map(({ status }) => status)]).toEqual(['failed', ['failed', 'passed']]);
});

it('says how far it came where many runs are interrupted', async () => {
  const interrupting = new AbortController();
  const onRun = (_: unknown, run: number): void => (run === 3 ? interrupting.abort() : undefined);
  const result = await run('many', 'steps: [{try: [{settle: {}}]}]', {
    runs: 1000,
    signal: interrupting.signal,
    onRun,
  });
  expect(result).toMatchObject({ status: 'failed', runs: 3 });
  expect(result.failure!.message).toBe('interrupted after 3 of 1000 runs, all alike');
});

it('says where a run differs from the first', async () => {
  const name = 'KUBARIUM_TEST_RUN';
  vi.stubEnv(name, 'one');
  const step = `{create: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: (env('${name}'))}}}}`;
  const onOperation = (): void => void vi.stubEnv(name, 'two');
  const { failure } = await run('input', `steps: [{try: [${step}]}]`, { runs: 3, onOperation });
  vi.unstubAllEnvs();
  expect(failure).toMatchObject({
    message: 'run 2 differs from run 1',
    details: [
      'line 1',
      '  expected +0s step 1: create configmap default/one created',
      '  actual   +0s step 1: create configmap default/two created',
    ],
  });
});

it('keeps snapshots whatever a scenario is called, and says where it cannot', async () => {
  const text = (name: string): string =>
    `apiVersion: sim.kubarium.dev/v1alpha1\nkind: Scenario\nmetadata: {name: ${name}}\nspec: {snapshot: true, steps: [{try: [{settle: {}}]}]}\n`;
  writeFileSync(join(folder, 'all.yaml'), `${text('web / tls')}---\n${text('taken')}`);
  mkdirSync(join(folder, 'all.taken.snap'));
  const [written, refused] = await runScenarios(findScenarios([folder]), { update: true });
  expect(written!.status).toBe('passed');
  expect(readFileSync(join(folder, 'all.web-tls.snap'), 'utf8')).toBe('+0s step 1: settle settled\n');
  expect(refused).toMatchObject({
    status: 'failed',
    failure: { message: expect.stringMatching(/^cannot write the snapshot: EISDIR/) as string },
  });
});

it('compares the transcript with its snapshot', async () => {
  const spec = (data: string): string => `
snapshot: true
steps:
- try:
  - create: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: ${data}}}}
  - sleep: {duration: 1m}
`;
  expect((await run('snap', spec('one'))).failure!.message).toContain('write it with --update');
  expect((await run('snap', spec('one'), { update: true })).status).toBe('passed');
  const snapshot = readFileSync(join(folder, 'snap.snap'), 'utf8');
  expect(snapshot).toBe('+0s step 1: create configmap default/one created\n+1m step 1: sleep 1m\n');
  expect((await run('snap', spec('one'))).status).toBe('passed');
  const { failure } = await run('snap', spec('two'));
  expect(failure!.details).toEqual([
    'line 1',
    '  expected +0s step 1: create configmap default/one created',
    '  actual   +0s step 1: create configmap default/two created',
  ]);
  // Another seed has other names and choices.
  expect((await run('snap', spec('two'), { seed: 2 })).status).toBe('passed');
});

it('runs several scenarios at a time, each on a cluster of its own, and tells of each', async () => {
  const create = '{try: [{create: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: same}}}}]}';
  for (const name of ['a', 'b', 'c']) {
    writeFileSync(
      join(folder, `${name}.yaml`),
      `apiVersion: sim.kubarium.dev/v1alpha1\nkind: Scenario\nmetadata: {name: ${name}}\nspec: {steps: [${create}]}\n`,
    );
  }
  const ended: string[] = [];
  const results = await runScenarios(findScenarios([folder]), { parallel: 3, onEnd: ({ name }) => ended.push(name) });
  expect(results.map(({ name, status }) => `${name} ${status}`)).toEqual(['a passed', 'b passed', 'c passed']);
  expect(ended.toSorted()).toEqual(['a', 'b', 'c']);
  expect(new Set(results.map(({ digest }) => digest)).size).toBe(1);
});

it('is alike in every run, and tells of each', async () => {
  const told: number[] = [];
  const result = await run('alike', `steps: [{try: [{create: {resource: ${POD}}}, {advance: {duration: 10m}}]}]`, {
    runs: 5,
    onRun: (_scenario, number) => told.push(number),
  });
  expect(result).toMatchObject({ status: 'passed', failure: undefined, runs: 5 });
  expect(told).toEqual([2, 3, 4, 5]);
});

it('knows which test, step and operation it is at', async () => {
  const result = await run(
    'ids',
    `
steps:
- try: [{settle: {}}]
- bindings: [{name: title, value: "(join('-', ['step', to_string($step.id)]))"}]
  try:
  - settle: {}
  - create: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: ($title)}, data: {at: "(to_string($operation.id))", test: "(to_string($test.id))"}}}
  - assert: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: step-2}, data: {at: '2', test: '1'}}}
`,
  );
  expect(result.operations.map(({ says, status }) => [status, says]).slice(2)).toEqual([
    ['passed', 'configmap default/step-2 created'],
    ['passed', 'configmap default/step-2 as asserted'],
  ]);
});

it('draws and tells the time from the cluster: the same in every run, another with another seed', async () => {
  const spec = `
bindings: [{name: suffix, value: "(random('[a-z]{12}'))"}, {name: began, value: (time_now())}]
steps:
- try:
  - sleep: {duration: 1h}
  - create: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: "(join('-', [$test.metadata.name, $suffix]))"}}}
  - assert: {timeout: 0s, resource: {"(time_diff($began, time_now()))": 1h0m0s}}
`;
  const says = async (seed: number): Promise<string> => {
    const result = await run('chance', spec, { seed, runs: 2 });
    expect(result.operations.map(({ status, failure }) => [status, failure?.details])).toEqual(
      Array.from({ length: 3 }, () => ['passed', undefined]),
    );
    expect(result.failure).toBe(undefined);
    return result.operations[1]!.says;
  };
  const first = await says(1);
  expect(first).toMatch(/^configmap default\/chance-[a-z]{12} created$/);
  expect(await says(1)).toBe(first);
  expect(await says(2)).not.toBe(first);
});

it('asks the cluster in bindings, assertions and objects', async () => {
  const result = await run(
    'asking',
    `
cluster: {nodes: 2}
bindings:
- {name: version, value: "(x_k8s_server_version($config).minor)"}
- {name: nodes, value: "(x_k8s_list($client, 'v1', 'Node').items[].metadata.name)"}
steps:
- bindings: [{name: served, value: "([x_k8s_resource_exists($client, 'apps/v1', 'Deployment'), x_k8s_resource_exists($client, 'v1', 'Nope')])"}]
  try:
  - assert: {timeout: 0s, resource: {($version): '35', ($nodes): [node-1, node-2], ($served): [true, false]}}
  - create:
      bindings: [{name: node, value: "(x_k8s_get($client, 'v1', 'Node', '', $nodes[0]))"}]
      resource: {apiVersion: v1, kind: Pod, metadata: {name: web, annotations: {on: "(join('/', [$node.kind, $node.metadata.name]))"}}, spec: {containers: [{name: main, image: my-app}]}}
  - assert: {resource: {"(x_k8s_list($client, 'v1', 'Pod', $namespace).items[?status.phase == 'Running'] | [].[kind, metadata.annotations.on])": [[Pod, Node/node-1]]}}
  - create: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: copy}, data: {pod: "(x_k8s_get($client, 'v1', 'Pod', $namespace, 'web').metadata.name)"}}}
  - assert: {timeout: 0s, resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: copy}, data: {"(x_k8s_exists($client, 'v1', 'Pod', $namespace, pod))": true}}}
  - delete: {ref: {apiVersion: v1, kind: Pod, name: web}}
  - error: {resource: {"(x_k8s_exists($client, 'v1', 'Pod', $namespace, 'web'))": true}}
  - error: {timeout: 1s, resource: {($version): '35'}}
    continueOnError: true
  - assert: {timeout: 1s, resource: {"(x_k8s_get($client, 'v1', 'Pod', $namespace, 'web'))": {}}}
`,
  );
  expect(result.operations.map(({ says, status }) => `${status} ${says}`)).toEqual([
    'passed the value as asserted',
    'passed pod default/web created',
    'passed the value as asserted',
    'passed configmap default/copy created',
    'passed configmap default/copy as asserted',
    'passed pod default/web deleted',
    'passed no value like that',
    'failed the value still matches what must not be, after 1s',
    'failed the value is not as asserted after 1s',
  ]);
  expect(result.operations.at(-1)!.failure!.details[0]).toContain('x_k8s_get(): there is no Pod default/web');
});

it('says where the cluster is not asked', async () => {
  const result = await run(
    'not-asked',
    `
steps:
- try:
  - create:
      resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
      outputs: [{name: nodes, value: "(x_k8s_list($client, 'v1', 'Node'))"}]
`,
  );
  expect(result.operations[0]!.failure!.message).toContain(
    'x_k8s_list(): the cluster is asked only in bindings, in assert and error, and in objects: bind the answer first',
  );
});

it('draws a name once', async () => {
  const result = await run(
    'once',
    `
steps:
- try:
  - create: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: "(random('[a-z]{20}'))"}}, outputs: [{name: made, value: (metadata.name)}]}
  - apply: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: ($made)}, data: {a: b}}}
`,
  );
  const names = result.operations.map(({ says }) => /default\/([a-z]{20}) (?:created|changed)$/.exec(says)?.[1]);
  expect(names).toEqual([expect.any(String), names[0]]);
});

it('tells where a request went no further', async () => {
  const result = await run(
    'nowhere',
    `
steps:
- try:
  - create: {resource: {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: main, image: my-app}]}}}
  - create: {resource: {apiVersion: v1, kind: Service, metadata: {name: shop}, spec: {selector: {app: shpo}, ports: [{port: 80}]}}}
  - wait: {apiVersion: v1, kind: Pod, name: web, for: {condition: {name: Ready}}}
  - curl: {pod: web, url: http://shop}
`,
  );
  const { details } = result.operations[3]!.failure!;
  expect(details.at(-3)).toMatch(/^the first: curl: \(7\) Failed to connect to shop port 80/);
  expect(details.at(-2)).toMatch(/^ {2}service on node-\d, TCP 10\.\d+\.\d+\.\d+:80: .*default\/shop/);
  expect(details.at(-1)).toMatch(/^ {2}connect on pod default\/web on node-\d, .*: refused, by service$/);
});

it('leaves nothing on another cluster where it is interrupted', async () => {
  await using cluster = await createCluster({ clock: 'real' });
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, await cluster.kubeconfig());
  const interrupting = new AbortController();
  const result = await run(
    'interrupted',
    `
steps:
- try:
  - create: {resource: ${MAP}}
  - sleep: {duration: 1000h}
  catch: [{sleep: {duration: 1000h}}]
  finally: [{sleep: {duration: 1000h}}]
  cleanup: [{error: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: other}}}}]
`,
    { against: kubeconfig, signal: interrupting.signal, onOperation: () => setImmediate(() => interrupting.abort()) },
  );
  const done = result.operations.map(({ operation, status, says }) => `${operation} ${status}: ${says}`);
  expect(done.slice(1)).toEqual([
    'sleep failed: interrupted',
    expect.stringMatching(/^error passed: no configmap scenario-\w+\/other like that$/),
    'delete passed: configmap settings deleted',
  ]);
  const namespaces = await cluster.client.list(NAMESPACES);
  expect(namespaces.items.map(({ metadata }) => metadata.name)).not.toContain(expect.stringMatching(/^scenario-/));
});

it('runs on another cluster what needs no simulator, in a namespace of its own', async () => {
  await using cluster = await createCluster({ clock: 'real' });
  const against = join(folder, 'kubeconfig');
  writeFileSync(against, await cluster.kubeconfig());
  const spec = `
steps:
- try:
  - create:
      resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '1'}}
      outputs: [{name: x, value: (data.x)}, {name: where, value: (metadata.namespace)}]
  - dig: {pod: nobody, name: web, outputs: [{name: address, value: ($stdout)}]}
  - assert: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: ($address)}}}
  - assert: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: ($where)}, data: {x: ($x)}}}
  - error: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '2'}}}
  - assert: {timeout: 0s, resource: {(x_k8s_server_version($config).gitVersion): v1.35.4+kubarium}}
`;
  const result = await run('remote', spec, { against });
  expect(result.operations.map(({ section, operation, status, says }) => [section, operation, status, says])).toEqual([
    ['try', 'create', 'passed', expect.stringMatching(/^configmap scenario-\w+\/a created$/)],
    ['try', 'dig', 'skipped', 'only a simulated cluster can do this'],
    ['try', 'assert', 'skipped', 'needs $address, which a skipped operation would have bound'],
    ['try', 'assert', 'passed', expect.stringMatching(/^configmap scenario-\w+\/a as asserted$/)],
    ['try', 'error', 'passed', expect.any(String)],
    ['try', 'assert', 'passed', 'the value as asserted'],
    ['cleanup', 'delete', 'passed', 'configmap a deleted'],
  ]);
  expect(result).toMatchObject({ status: 'passed', seed: undefined });
  const namespace = /scenario-\w+/.exec(result.operations[0]!.says)![0];
  await expect(cluster.client.get(NAMESPACES, { name: namespace })).rejects.toSatisfy(isNotFound);
});

it('cleans up another cluster where a scenario has deleted its own namespace', async () => {
  await using cluster = await createCluster({ clock: 'real' });
  const against = join(folder, 'kubeconfig');
  writeFileSync(against, await cluster.kubeconfig());
  const spec = `
namespace: own
steps:
- try:
  - create: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: held, finalizers: [example.com/hold]}}}
  - delete: {ref: {apiVersion: v1, kind: ConfigMap, name: held}, timeout: 100ms}
    continueOnError: true
  - patch: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: held, finalizers: []}}}
  - delete: {ref: {apiVersion: v1, kind: Namespace, name: own}}
`;
  const { failure, operations } = await run('own', spec, { against });
  expect(failure).toBeUndefined();
  expect(operations.map(({ says }) => says)).toEqual([
    'configmap own/held created',
    'configmap own/held is still there after 0.1 s',
    'configmap own/held changed',
    'namespace own deleted',
    'configmap held deleted',
  ]);
});

it('cleans up another cluster where a binding cannot be made, with what the steps before have bound', async () => {
  await using cluster = await createCluster({ clock: 'real' });
  const against = join(folder, 'kubeconfig');
  writeFileSync(against, await cluster.kubeconfig());
  const spec = `
namespace: own
steps:
- bindings: [{name: name, value: "(random('[a-z]{8}'))"}]
  try:
  - create: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: ($name)}}}
  cleanup:
  - assert: {timeout: 0s, resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: ($name)}}}
- bindings: [{name: broken, value: (to_number($missing))}]
  try:
  - sleep: {duration: 1ms}
`;
  const { failure, operations } = await run('own', spec, { against });
  expect(failure?.message).toContain('$missing');
  expect(operations.map(({ section, operation, status }) => [section, operation, status])).toEqual([
    ['try', 'create', 'passed'],
    ['cleanup', 'assert', 'passed'],
    ['cleanup', 'delete', 'passed'],
  ]);
  await expect(cluster.client.get(NAMESPACES, { name: 'own' })).rejects.toSatisfy(isNotFound);
});
