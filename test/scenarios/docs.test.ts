import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseScenarios, runScenarios } from '@kubarium/cluster';
import { expect, it } from 'vitest';
import { FUNCTIONS } from '../../cluster/src/scenario/functions/function-table.ts';
import schema from '../../cluster/src/scenario/scenario.schema.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const examplesOf = (file: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^```yaml\n(apiVersion: sim.*?)^```$/gms)].flatMap(([, text]) =>
    parseScenarios(file, text!),
  );
const examples = examplesOf('docs/scenarios.md');

it.each([...examples, ...examplesOf('README.md')].map((scenario) => [scenario.name, scenario] as const))(
  'the example "%s" passes',
  async (_, scenario) => {
    const [result] = await runScenarios([scenario]);
    const failures = result!.operations.flatMap(({ failure, operation }) =>
      failure === undefined ? [] : [{ operation, ...failure }],
    );
    expect({ failures, failure: result!.failure }).toEqual({ failures: [], failure: undefined });
  },
);

it('shows every operation', () => {
  const shown = new Set(
    examples.flatMap(({ spec }) =>
      spec.steps.flatMap((step) =>
        [...step.try, ...(step.cleanup ?? []), ...(step.finally ?? [])].flatMap((one) => Object.keys(one)),
      ),
    ),
  );
  const { description: _, continueOnError: __, ...operations } = schema.definitions.operation.properties;
  expect([...shown].sort()).toEqual(Object.keys(operations).sort());
});

it('names every function of expressions', () => {
  const text = readFileSync(join(root, 'docs/scenarios.md'), 'utf8');
  expect(Object.keys(FUNCTIONS).filter((name) => !new RegExp(`\`${name}[\`(]`).test(text))).toEqual([]);
});
