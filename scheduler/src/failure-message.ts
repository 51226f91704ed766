import type { Unfit } from './plugin.ts';

/**
 * What FailedScheduling says, in the real scheduler's words: `0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were
 * unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: ...`. Reasons are counted over the nodes and
 * sorted as texts, count included.
 */
export function failureMessage(verdicts: ReadonlyMap<string, Unfit>): string {
  if (verdicts.size === 0) return 'no nodes available to schedule pods';
  const all = [...verdicts.values()];
  const filters = counted(all.flatMap((verdict) => verdict.reasons));
  const preemption = counted(
    all.map((verdict) =>
      verdict.preemptible ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling',
    ),
  );
  const head = `0/${verdicts.size} nodes are available:`;
  return `${head} ${filters}. no new claims to deallocate, preemption: ${head} ${preemption}.`;
}

function counted(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
