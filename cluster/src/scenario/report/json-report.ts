import type { ScenarioResult } from '../scenario-result.ts';

/** Results as one JSON document: counts, and each scenario with its operations and (`again`) the command that repeats it. */
export function jsonReport(results: readonly ScenarioResult[], again: (result: ScenarioResult) => string): string {
  const of = (status: ScenarioResult['status']): number => results.filter((result) => result.status === status).length;
  const summary = { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
  const scenarios = results.map((result) => ({ ...result, again: again(result) }));
  return `${JSON.stringify({ ...summary, scenarios }, undefined, 2)}\n`;
}
