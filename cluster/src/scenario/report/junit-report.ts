import type { Failure, ScenarioResult } from '../scenario-result.ts';
import { failureLines } from './failure-lines.ts';

/**
 * Results as JUnit XML: a suite a file, a case a scenario, as CI systems read it. `again` is the command that repeats one; a failure
 * ends with it.
 */
export function junitReport(results: readonly ScenarioResult[], again: (result: ScenarioResult) => string): string {
  const files = Map.groupBy(results, ({ file }) => file);
  const suites = [...files].map(([file, list]) =>
    [
      `  <testsuite${attributes({ name: file, ...counts(list) })}>`,
      ...list.map((result) => testCase(result, again(result))),
      '  </testsuite>',
    ].join('\n'),
  );
  const head = `<testsuites${attributes({ name: 'kubarium test', ...counts(results) })}>`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...suites, '</testsuites>', ''].join('\n');
}

function counts(results: readonly ScenarioResult[]): Record<string, string | number> {
  const of = (status: ScenarioResult['status']): number => results.filter((result) => result.status === status).length;
  const wallMs = results.reduce((sum, result) => sum + result.wallMs, 0);
  return { tests: results.length, failures: of('failed'), errors: 0, skipped: of('skipped'), time: seconds(wallMs) };
}

function testCase(result: ScenarioResult, again: string): string {
  const head = `    <testcase${attributes({ name: result.name, classname: result.file, file: result.file, time: seconds(result.wallMs) })}>`;
  const inside: string[] = [];
  if (result.status === 'skipped') inside.push('      <skipped/>');
  for (const { failure, position } of failuresOf(result)) {
    const where = position === undefined ? result.file : `${result.file}:${position.line}`;
    const text = [...failureLines(failure), '', `again: ${again}`].join('\n');
    inside.push(`      <failure${attributes({ message: `${where}: ${failure.message}` })}>${escaped(text)}</failure>`);
  }
  if (result.transcript.length > 0)
    inside.push(`      <system-out>${escaped(result.transcript.join('\n'))}</system-out>`);
  return [head, ...inside, '    </testcase>'].join('\n');
}

interface Placed {
  readonly failure: Failure;
  readonly position?: { readonly line: number };
}

const failuresOf = ({ operations, failure }: ScenarioResult): readonly Placed[] => [
  ...operations.flatMap((one): Placed[] =>
    one.failure === undefined ? [] : [{ failure: one.failure, position: one.position }],
  ),
  ...(failure === undefined ? [] : [{ failure }]),
];

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** Without the characters that XML 1.0 cannot hold. */
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character]!);
