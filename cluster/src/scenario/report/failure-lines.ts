import type { Failure } from '../scenario-result.ts';

/** All that a failure has to say after its message: the difference, the events and log lines of the objects concerned. */
export function failureLines({ details, evidence }: Failure): string[] {
  const lines = [...details];
  if (evidence === undefined) return lines;
  if (evidence.events.length > 0) lines.push('', 'recent events:', ...evidence.events.map((line) => `  ${line}`));
  for (const { of, lines: logged } of evidence.logs) {
    lines.push('', `last lines of ${of}:`, ...logged.map((line) => `  ${line}`));
  }
  return lines;
}
