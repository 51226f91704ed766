import { styleText } from 'node:util';
import type { ExplanationStatus } from '@kubarium/cluster';

/**
 * An explanation for people: the verdict, its evidence and the fix; then the questions along the way, and the way itself.
 *
 *     ✗ default/backend: selector app=backned matches no pod of namespace default  (SelectorMatchesNothing)
 *         nearest: pod default/backend-1: it has app=backend, the selector wants app=backned
 *       fix: kubectl set selector svc/backend -n default app=backend
 */
export function explanationText({
  verdict,
  message,
  cause,
  evidence = [],
  fix,
  steps,
  path = [],
}: ExplanationStatus): string {
  const [mark, color] = ({ Routes: ['✓', 'green'], Degraded: ['!', 'yellow'], Fails: ['✗', 'red'] } as const)[verdict];
  return [
    `${styleText(color, `${mark} ${message}`)}${cause === undefined ? '' : styleText('dim', ` (${cause})`)}`,
    ...evidence.map((line) => `    ${line}`),
    ...(fix === undefined ? [] : [`  ${styleText('bold', 'fix:')} ${fix}`]),
    '',
    ...steps.map(
      ({ question, answer, ok }) =>
        `  ${styleText(ok ? 'green' : 'red', ok ? '✓' : '✗')} ${question} ${ok ? styleText('dim', answer) : answer}`,
    ),
    ...(path.length === 0 ? [] : ['', ...path.map((line) => `  ${line}`)]),
    '',
  ].join('\n');
}
