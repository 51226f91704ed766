import { styleText } from 'node:util';
import type { Trace } from '@kubarium/cluster';

/**
 * A trace for people: one block a hop.
 *
 *     1  resolver   default/frontend   backend.default.svc.cluster.local.  →  10.96.12.7
 *          why      ...
 *          -        candidate that lost: why
 */
export function traceText(trace: Trace): string {
  const { hops, response, error } = trace.status;
  const width = Math.max(0, ...hops.map((hop) => hop.stage.length));
  const lines = hops.flatMap((hop, index) => [
    `${String(index + 1).padStart(3)}  ${styleText('bold', hop.stage.padEnd(width))}  ${hop.where}: ${hop.asked}  ${styleText(hop.ok ? 'green' : 'red', `→ ${hop.verdict}`)}`,
    `${' '.repeat(7 + width)}${styleText('dim', hop.reason)}`,
    ...(hop.alternatives ?? []).map(
      (one) => `${' '.repeat(7 + width)}${one.taken ? '*' : '-'} ${one.what}: ${one.why}`,
    ),
  ]);
  if (response !== undefined) lines.push('', `HTTP ${response.code}`, response.body.trimEnd());
  if (error !== undefined) lines.push('', styleText('red', error));
  return `${lines.join('\n')}\n`;
}
