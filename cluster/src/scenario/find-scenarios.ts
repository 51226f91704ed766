import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseScenarios, type Scenario } from './parse-scenario.ts';
import { messageOf, ScenarioError } from './scenario-error.ts';
import { readText } from './yaml-documents.ts';

/** A file or folder that is not there or holds no scenario. */
export class NoScenarioError extends Error {
  override readonly name = 'NoScenarioError';
}

/**
 * The scenarios of files and folders, in their order; in folders and theirs, all documents of `.yaml` and `.yml` files that are
 * scenarios. Throws one ScenarioError a file that cannot be run, all together in an AggregateError, or a NoScenarioError.
 */
export function findScenarios(paths: readonly string[]): readonly Scenario[] {
  const scenarios: Scenario[] = [];
  const errors: ScenarioError[] = [];
  for (const path of paths) {
    const isFolder = kindOf(path) === 'folder';
    const found = scenarios.length + errors.length;
    for (const file of isFolder ? filesIn(path) : [path]) {
      try {
        scenarios.push(...parseScenarios(file, readText(file), isFolder ? 'skip' : 'refuse'));
      } catch (error) {
        if (error instanceof ScenarioError) errors.push(error);
        else throw new NoScenarioError(`cannot read ${file}: ${messageOf(error)}`, { cause: error });
      }
    }
    if (scenarios.length + errors.length === found) throw new NoScenarioError(`there is no scenario in ${path}`);
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'));
  return scenarios;
}

function kindOf(path: string): 'file' | 'folder' {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new NoScenarioError(`there is no file or folder ${path}`);
  return stat.isDirectory() ? 'folder' : 'file';
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => /\.ya?ml$/.test(entry.name) && !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
