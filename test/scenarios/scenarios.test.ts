import { join } from 'node:path';
import { findScenarios, runScenarios } from '@kubarium/cluster';
import { expect, it } from 'vitest';

const scenarios = findScenarios([import.meta.dirname]);

it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s passes', async (_, scenario) => {
  const [result] = await runScenarios([scenario]);
  const failures = result!.operations.filter(({ failure }) => failure !== undefined);
  expect({ failures, failure: result!.failure, status: result!.status }).toEqual({
    failures: [],
    failure: undefined,
    status: 'passed',
  });
});

it('the same seed gives the same run', async () => {
  const lesson = findScenarios([join(import.meta.dirname, 'cluster-ip-lesson.yaml')]);
  const [first] = await runScenarios(lesson);
  const again = await runScenarios([...lesson, ...lesson]);
  expect(again.map(({ digest }) => digest)).toEqual([first!.digest, first!.digest]);
  const [other] = await runScenarios(lesson, { seed: 2 });
  expect(other).toMatchObject({ status: 'passed', seed: 2 });
  expect(other!.digest).not.toBe(first!.digest);
});
