import { isMap, isNode, isPair, type Document, type LineCounter } from 'yaml';
import { mistakesIn } from './expression-mistakes.ts';
import { nearestName } from './nearest-name.ts';
import { schemaProblems } from './schema-problems.ts';
import type { Defaults, Operation, OperationName, ScenarioFile, ScenarioSpec } from './scenario.ts';
import { ScenarioError, type ScenarioProblem } from './scenario-error.ts';
import { yamlDocuments } from './yaml-documents.ts';

export type Path = readonly (string | number)[];

/** Lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A scenario that may be run. */
export interface Scenario {
  /** As the user named it. */
  readonly file: string;
  readonly name: string;
  /** As the file has it: `$test.metadata`. */
  readonly metadata: ScenarioFile['metadata'];
  readonly spec: ScenarioSpec;
  /** Where a part of the document stands in the file; of the nearest part around it where there is none. */
  positionOf(path: Path): Position;
}

const KINDS: Readonly<Record<string, string>> = {
  'sim.kubarium.dev/v1alpha1': 'Scenario',
  'chainsaw.kyverno.io/v1alpha1': 'Test',
};

/**
 * The scenarios of a file's text: one a YAML document. Throws ScenarioError with all that is wrong. `others` says whether documents of
 * other kinds may stand in it (in a folder, manifests lie beside scenarios); they are passed over.
 */
export function parseScenarios(file: string, text: string, others: 'refuse' | 'skip' = 'refuse'): Scenario[] {
  const problems: ScenarioProblem[] = [];
  const scenarios: Scenario[] = [];
  for (const { document, lines, value, problem } of yamlDocuments(text)) {
    if (others === 'skip' && !looksLikeScenario(document)) continue;
    if (problem !== undefined) {
      problems.push(problem);
      continue;
    }
    const at = (path: Path): Position => position(document, lines, path);
    if (value === null) continue;
    const found = problemsOf(value);
    problems.push(...found.map(({ path, message }) => ({ ...at(path), message })));
    if (found.length > 0) continue;
    const { metadata, spec } = value as ScenarioFile;
    scenarios.push({ file, name: metadata.name, metadata, spec, positionOf: at });
  }
  if (problems.length > 0) throw new ScenarioError(file, problems);
  if (scenarios.length === 0 && others === 'refuse') {
    throw new ScenarioError(file, [{ line: 1, column: 1, message: 'there is no scenario in this file' }]);
  }
  return scenarios;
}

/** A text that is no YAML, and one whose kind or version is misspelt, are looked at too: whoever wrote them may have meant a scenario. */
function looksLikeScenario(document: Document): boolean {
  if (!isMap(document.contents)) return false;
  const [apiVersion, kind] = [document.get('apiVersion'), document.get('kind')];
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false;
  const ofGroup = Object.entries(KINDS).filter(([known]) => groupOf(known) === groupOf(apiVersion));
  return ofGroup.some(([, known]) => nearestName(kind, [known]) !== undefined);
}

const groupOf = (apiVersion: string): string => apiVersion.split('/')[0]!;

interface Problem {
  readonly path: Path;
  readonly message: string;
}

function problemsOf(value: unknown): Problem[] {
  const { apiVersion, kind } = value as Partial<ScenarioFile>;
  if (typeof apiVersion === 'string' && typeof kind === 'string' && KINDS[apiVersion] !== kind) {
    const known = Object.entries(KINDS).map(([version, name]) => `${version} ${name}`);
    return [{ path: ['kind'], message: `${apiVersion} ${kind} is no scenario; known are ${known.join(' and ')}` }];
  }
  const problems = schemaProblems(value);
  return problems.length > 0 ? problems : meaningProblems(value as ScenarioFile);
}

/** What the schema cannot say. */
function meaningProblems({ spec }: ScenarioFile): Problem[] {
  const problems: Problem[] = [];
  for (const { operation, path, defaults } of operationsOf(spec)) {
    const names = namesOf(operation);
    if (names.length !== 1) {
      const message =
        names.length === 0
          ? 'there is no operation here'
          : `one operation at a time: ${names.join(', ')} stand together`;
      problems.push({ path, message });
      continue;
    }
    const name = names[0]!;
    for (const message of bodyProblems(name, operation)) problems.push({ path: [...path, name], message });
    problems.push(...mistakesIn({ ...defaults, ...operation[name] }, [...path, name]));
  }
  return problems;
}

function bodyProblems(name: OperationName, operation: Operation): string[] {
  switch (name) {
    case 'apply':
    case 'create':
    case 'update':
    case 'patch':
    case 'assert':
    case 'error': {
      const { resource, file } = operation[name]!;
      return (resource === undefined) === (file === undefined)
        ? [`${name} needs either resource or file`]
        : fileProblems(file);
    }
    case 'delete': {
      const { ref, file } = operation.delete!;
      return (ref === undefined) === (file === undefined) ? ['delete needs either ref or file'] : fileProblems(file);
    }
    case 'wait':
    case 'get':
    case 'describe':
    case 'events':
    case 'podLogs': {
      const { name: one, selector } = operation[name]!;
      return one !== undefined && selector !== undefined ? [`${name} takes a name or a selector, not both`] : [];
    }
    case 'script':
    case 'command':
      return operation[name]!.pod === undefined
        ? [`${name} runs in a pod here, never on this machine: name it with \`pod\` (and \`container\`)`]
        : [];
    case 'curl': {
      const { background, every, requests, expect, check } = operation.curl!;
      if (background === undefined) return [];
      if (every === undefined) return ['curl in the background needs `every`, the time between two requests'];
      return requests !== undefined || expect !== undefined || check !== undefined
        ? ['curl in the background ends with `stop`, which takes what is expected of it']
        : [];
    }
    case 'crash':
    case 'restart': {
      const { pod, node, kubarium } = operation[name]!;
      const named = [pod, node, kubarium].filter((one) => one !== undefined).length;
      return named === 1 ? [] : [`${name} needs one of pod, node and kubarium`];
    }
    case 'sleep':
    case 'settle':
    case 'advance':
    case 'exec':
    case 'stop':
    case 'dig':
    case 'trace':
      return [];
  }
}

const fileProblems = (file: string | undefined): string[] =>
  file !== undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(file)
    ? ['files are read from this machine only, not from a URL']
    : [];

const BESIDE: ReadonlySet<string> = new Set(['description', 'continueOnError']);

/** The names of the operations that stand in one item of a list of operations. */
const namesOf = (operation: Operation): OperationName[] =>
  Object.keys(operation).filter((key) => !BESIDE.has(key)) as OperationName[];

/** The one name of an operation that was checked. */
export const nameOf = (operation: Operation): OperationName => namesOf(operation)[0]!;

/** What a step's operations take from it and from the scenario. */
export const defaultsOf = (spec: ScenarioSpec, step: Defaults = {}): Defaults => ({
  skipDelete: step.skipDelete ?? spec.skipDelete,
  template: step.template ?? spec.template,
  deletionPropagationPolicy: step.deletionPropagationPolicy ?? spec.deletionPropagationPolicy,
});

interface PlacedOperation {
  readonly operation: Operation;
  readonly path: Path;
  readonly defaults: Defaults;
}

function* operationsOf(spec: ScenarioSpec): Generator<PlacedOperation> {
  const list = function* (operations: readonly Operation[] | undefined, path: Path, defaults: Defaults) {
    for (const [index, operation] of (operations ?? []).entries())
      yield { operation, path: [...path, index], defaults };
  };
  yield* list(spec.catch, ['spec', 'catch'], defaultsOf(spec));
  for (const [index, step] of spec.steps.entries()) {
    for (const section of ['try', 'catch', 'finally', 'cleanup'] as const) {
      yield* list(step[section], ['spec', 'steps', index, section], defaultsOf(spec, step));
    }
  }
}

/** A key stands where its name is written, an item of a list where it begins. */
function position(document: Document, lines: LineCounter, path: Path): Position {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((one) => isPair(one) && keyText(one.key) === String(last))
      : undefined;
    const node = pair === undefined ? document.getIn(path.slice(0, length), true) : pair.key;
    if (isNode(node) && node.range) return linePosition(lines, node.range[0]);
  }
  return linePosition(lines, isNode(document.contents) && document.contents.range ? document.contents.range[0] : 0);
}

const keyText = (key: unknown): string => (isNode(key) && 'value' in key ? String(key.value) : String(key));

function linePosition(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
