import type { ScenarioResult } from '../scenario-result.ts';

/** Results as one JSON document: counts, and each scenario with its operations. */
export function jsonReport(results: readonly ScenarioResult[]): string {
  const of = (status: ScenarioResult['status']): number => results.filter((result) => result.status === status).length;
  const summary = { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
  return `${JSON.stringify({ ...summary, scenarios: results }, undefined, 2)}\n`;
}
