import type { Bindings } from '../expression.ts';
import type { AnswersExpectation } from '../scenario.ts';
import { countProblems, textProblems } from './expectations.ts';
import type { HttpAnswer } from './http-answer.ts';

const MOST_SHOWN = 5;

/** Where the answers to requests are not as expected, as lines. A request without an answer is a fault, unless it is expected. */
export function answersProblems(
  expected: AnswersExpectation = {},
  answers: readonly HttpAnswer[],
  bindings: Bindings,
): string[] {
  const failed = answers.filter(({ error }) => error !== undefined);
  const allowsFailures = expected.error !== undefined || expected.failed !== undefined;
  const problems = [
    ...countProblems('requests', expected.requests, answers.length),
    ...countProblems('requests without an answer', allowsFailures ? expected.failed : 0, failed.length),
    ...(expected.error !== undefined && expected.failed === undefined && failed.length < answers.length
      ? ['requests without an answer', `  expected ${answers.length}`, `  actual   ${failed.length}`]
      : []),
  ];
  const byPod = countByPod(answers);
  const pods = countProblems('pods that answered', expected.pods, byPod.size);
  problems.push(...pods, ...(pods.length > 0 && byPod.size > 0 ? [`  namely   ${listOf(byPod)}`] : []));
  for (const [pod, count] of byPod)
    problems.push(...countProblems(`requests that ${pod} answered`, expected.each, count));
  const wrong = answers.flatMap((answer, index) => {
    const lines = answerProblems(expected, answer, bindings);
    return lines.length === 0
      ? []
      : [
          [
            `request ${index + 1}${answer.pod === undefined ? '' : ` (pod ${answer.pod})`}`,
            ...lines.map((line) => `  ${line}`),
          ],
        ];
  });
  problems.push(...wrong.slice(0, MOST_SHOWN).flat());
  if (wrong.length > MOST_SHOWN) problems.push(`(and ${wrong.length - MOST_SHOWN} more requests)`);
  const firstFailed = failed[0];
  if (problems.length > 0 && firstFailed !== undefined && !allowsFailures) {
    problems.push(`the first: ${firstFailed.error}`);
    for (const { stage, where, asked, verdict, reason } of firstFailed.failedHops ?? [])
      problems.push(`  ${stage} on ${where}, ${asked}: ${verdict}, ${reason}`);
  }
  return problems;
}

function answerProblems(expected: AnswersExpectation, answer: HttpAnswer, bindings: Bindings): string[] {
  if (answer.error !== undefined) return textProblems('error', expected.error, answer.error, bindings);
  const { status } = expected;
  return [
    ...(status === undefined || answer.status === status
      ? []
      : ['status', `  expected ${status}`, `  actual   ${answer.status}`]),
    ...textProblems('body', expected.body, answer.body, bindings),
    ...textProblems('pod', expected.pod, answer.pod ?? '', bindings),
  ];
}

function countByPod(answers: readonly HttpAnswer[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { pod, error } of answers) {
    if (pod !== undefined && error === undefined) counts.set(pod, (counts.get(pod) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const listOf = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([pod, count]) => `${pod} ${count}`).join(', ');

/** One line for the transcript: how many answered what, and from which pods. */
export function describeAnswers(answers: readonly HttpAnswer[]): string {
  const [only] = answers;
  if (answers.length === 1 && only !== undefined) {
    const from = only.pod === undefined ? '' : ` from ${only.pod}`;
    return only.error ?? `${only.status}${from}: ${only.body.split('\n')[0]}`;
  }
  const failed = answers.filter(({ error }) => error !== undefined).length;
  const pods = listOf(countByPod(answers));
  return `${answers.length} requests, ${failed} without an answer; ${pods || 'no pod answered'}`;
}
