import { styleText } from 'node:util';
import { failureLines, formatDuration, type Failure, type ScenarioResult } from '@kubarium/cluster';

const MARKS = {
  passed: styleText('green', '✓'),
  failed: styleText('red', '✗'),
  skipped: styleText('yellow', '-'),
} as const;

/** One line for a scenario that has ended; for one that failed, what went wrong and how to see it again. */
export function scenarioLines(result: ScenarioResult, repeat: string): string[] {
  const { file, name, status, wallMs, clusterMs, operations } = result;
  const skipped = operations.filter((one) => one.status === 'skipped').length;
  const done = operations.length - skipped;
  const notes = [
    `${done} ${done === 1 ? 'operation' : 'operations'}`,
    ...(skipped > 0 ? [`${skipped} skipped: only a simulated cluster can do them`] : []),
    status === 'skipped'
      ? 'skipped'
      : `${wallMs} ms${result.seed === undefined ? '' : ` for ${formatDuration(clusterMs)}`}`,
  ];
  const lines = [`${MARKS[status]} ${name}  ${styleText('dim', `${file}, ${notes.join(', ')}`)}`];
  if (result.runs > 1 && status === 'passed') lines.push(`  ${result.runs} runs, one transcript: ${result.digest}`);
  for (const operation of operations) {
    const { failure, position, step, section, operation: what, says, shows } = operation;
    // What a step has looked at by itself is of interest once something went wrong: `catch` is there for it.
    const isWorthShowing = status === 'failed' && section !== 'try' && shows.length > 0;
    if (failure === undefined && !isWorthShowing) continue;
    const where = `${file}:${position.line}:${position.column}`;
    lines.push(
      '',
      `  ${styleText('bold', where)} ${step}${section === 'try' ? '' : ` (${section})`}: ${what}`,
      ...(failure === undefined ? [says, ...shows].map((line) => `    ${line}`) : indented(failure)),
    );
  }
  if (result.failure !== undefined) lines.push('', ...indented(result.failure));
  if (status === 'failed') lines.push('', `  again: ${repeat}`, '');
  return lines;
}

const indented = (failure: Failure): string[] =>
  [styleText('red', failure.message), ...failureLines(failure)].map((line) => (line === '' ? '' : `    ${line}`));

/** The last line: how many passed and how long it took. */
export function summaryLine(results: readonly ScenarioResult[], wallMs: number): string {
  const of = (status: ScenarioResult['status']): number => results.filter((result) => result.status === status).length;
  const counts = (['passed', 'failed', 'skipped'] as const)
    .map((status) => [of(status), status] as const)
    .filter(([count]) => count > 0);
  return `${counts.map(([count, status]) => `${count} ${status}`).join(', ')}, in ${wallMs} ms`;
}
