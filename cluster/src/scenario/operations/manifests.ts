import { globSync } from 'node:fs';
import { join } from 'node:path';
import { apiVersionOf, type Resource } from '@kubarium/shared';
import { askingCluster } from '../ask-cluster.ts';
import { fillIn } from '../expression.ts';
import { nearestName } from '../nearest-name.ts';
import { ScenarioError } from '../scenario-error.ts';
import type { ResourceTree } from '../scenario.ts';
import { readText, yamlDocuments } from '../yaml-documents.ts';
import { OperationFailure, type Named, type OperationContext } from './operation-context.ts';

/** A partial object of a scenario, and which object of the cluster it speaks of. */
export interface Subject extends Named {
  readonly tree: ResourceTree;
  readonly labels: Readonly<Record<string, string>>;
}

interface Source {
  readonly resource?: ResourceTree;
  readonly file?: string;
  readonly template?: boolean;
}

/**
 * The objects that an operation names, inline or by its files (a name or a pattern), with their resource and namespace. Expressions
 * are filled in throughout (`whole`), or only in what names the object: the rest of an assertion is evaluated over what is found.
 */
export async function subjectsOf(
  source: Source,
  context: OperationContext,
  fill: 'whole' | 'names',
): Promise<Subject[]> {
  const trees = source.resource === undefined ? readTrees(source.file!, context.folder) : [source.resource];
  const subjects: Subject[] = [];
  for (const tree of trees.flatMap(itemsOf)) {
    const toFill = fill === 'whole' ? tree : namesOf(tree);
    // Once: an expression may draw another name the next time.
    const filled =
      source.template === false
        ? toFill
        : await askingCluster(context.target, context.bindings, (known) => fillIn(toFill, known) as ResourceTree);
    const resource = await resourceOf(filled.apiVersion, filled.kind, context);
    const namespace = resource.namespaced ? (filled.metadata?.namespace ?? context.namespace) : undefined;
    const whole = namespace === undefined ? filled : { ...filled, metadata: { ...filled.metadata, namespace } };
    subjects.push({
      tree: fill === 'whole' ? whole : tree,
      resource,
      namespace,
      name: filled.metadata?.name,
      labels: textsOf(filled.metadata?.labels),
    });
  }
  return subjects;
}

const namesOf = ({ apiVersion, kind, metadata }: ResourceTree): ResourceTree => ({
  apiVersion,
  kind,
  metadata: { name: metadata?.name, namespace: metadata?.namespace, labels: textsOf(metadata?.labels) },
});

/** The labels that choose objects; others assert of the object that is found: `(length(@) > 1): true`. */
const textsOf = (labels: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));

/** The resource of a kind, or a failure that says so. */
export async function resourceOf(apiVersion = '', kind = '', { target }: OperationContext): Promise<Resource> {
  const resource = await target.resourceOf(apiVersion, kind);
  if (resource !== undefined) return resource;
  const hint = kindHint(target.resources?.() ?? [], kind);
  throw new OperationFailure(
    `the cluster serves no kind ${kind || '(none named)'} in ${apiVersion || '(no apiVersion)'}${hint}`,
  );
}

/** Where the kind is to be found, or one with a name much like it. */
function kindHint(resources: readonly Resource[], kind: string): string {
  const meant = nearestName(
    kind,
    resources.map((one) => one.kind),
  );
  if (meant === undefined) return '';
  const found = resources.find((one) => one.kind === meant)!;
  return meant === kind ? `; it is in ${apiVersionOf(found)}` : `; did you mean ${meant} in ${apiVersionOf(found)}?`;
}

function readTrees(pattern: string, folder: string): ResourceTree[] {
  const files = globSync(pattern, { cwd: folder }).sort();
  if (files.length === 0) throw new OperationFailure(`there is no file ${join(folder, pattern)}`);
  return files.flatMap((name) => {
    const file = join(folder, name);
    return yamlDocuments(readText(file)).flatMap(({ document, lines, value, problem }) => {
      if (problem !== undefined) throw new ScenarioError(file, [problem]);
      if (value === null) return [];
      if (typeof value === 'object' && !Array.isArray(value)) return [value as ResourceTree];
      const { line, col: column } = lines.linePos(document.contents?.range?.[0] ?? 0);
      throw new ScenarioError(file, [{ line, column, message: 'this is no object with apiVersion and kind' }]);
    });
  });
}

const itemsOf = (tree: ResourceTree & { readonly items?: readonly ResourceTree[] }): readonly ResourceTree[] =>
  tree.kind === 'List' && tree.items !== undefined ? tree.items : [tree];
