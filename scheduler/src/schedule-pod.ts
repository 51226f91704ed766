import type { Random } from '@kubarium/shared';
import type { NodeInfo } from './node-info.ts';
import { unfit, type FilterPlugin, type NodeTest, type ScorePlugin, type Unfit } from './plugin.ts';
import type { PodInfo } from './pod-info.ts';
import type { Snapshot } from './snapshot.ts';

export interface Plugins {
  /** In order: the first that says no speaks for the node. */
  readonly filters: readonly FilterPlugin[];
  readonly scores: readonly ScorePlugin[];
}

export type Decision =
  | { readonly node: string }
  /** No node: what each said, in the order of the snapshot. */
  | { readonly node: undefined; readonly verdicts: ReadonlyMap<string, Unfit> };

/**
 * Finds a node for a pod: those that no filter refuses, of these the best by the weighted sum of the scores, of the best one at
 * random. Changes nothing.
 *
 * Simplified: every node is looked at; the real scheduler stops once it has found enough of a large cluster's.
 */
export function schedulePod(pod: PodInfo, snapshot: Snapshot, plugins: Plugins, random: Random): Decision {
  const unnamed = namedNodes(pod, plugins.filters);
  const tests = plugins.filters.flatMap((filter) => filter.prepare(pod, snapshot) ?? []);
  const candidates: NodeInfo[] = [];
  const verdicts = new Map<string, Unfit>();
  for (const node of snapshot.nodes.values()) {
    const verdict = unnamed(node) ?? firstRefusal(tests, node);
    if (verdict === undefined) candidates.push(node);
    else verdicts.set(node.name, verdict);
  }
  if (candidates.length === 0) return { node: undefined, verdicts };
  if (candidates.length === 1) return { node: candidates[0]!.name };
  const totals = scoreTotals(pod, snapshot, candidates, plugins.scores);
  const top = Math.max(...totals);
  const best = candidates.filter((_, index) => totals[index] === top);
  return { node: best[best.length === 1 ? 0 : random.integer(best.length)]!.name };
}

/** Refuses nodes that are not among those that a filter says come into question (as PreFilter does). */
function namedNodes(pod: PodInfo, filters: readonly FilterPlugin[]): NodeTest {
  const named = filters.flatMap((filter) => {
    const names = filter.candidates?.(pod);
    return names === undefined ? [] : [{ filter, names }];
  });
  const verdict = unfit(`node(s) didn't satisfy plugin(s) [${named.map(({ filter }) => filter.name).join(',')}]`);
  return (node) => (named.every(({ names }) => names.has(node.name)) ? undefined : verdict);
}

function firstRefusal(tests: readonly NodeTest[], node: NodeInfo): Unfit | undefined {
  for (const test of tests) {
    const verdict = test(node);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

function scoreTotals(
  pod: PodInfo,
  snapshot: Snapshot,
  candidates: readonly NodeInfo[],
  plugins: readonly ScorePlugin[],
): number[] {
  const totals = candidates.map(() => 0);
  for (const plugin of plugins) {
    const score = plugin.prepare(pod, snapshot, candidates);
    if (score === undefined) continue;
    const raw = candidates.map(score);
    const normal = normalised(raw, plugin.best);
    for (let i = 0; i < totals.length; i++) totals[i]! += plugin.weight * normal[i]!;
  }
  return totals;
}

/** Raw scores onto 0 to 100, 100 being the best. */
function normalised(raw: readonly number[], best: ScorePlugin['best']): readonly number[] {
  if (best === 'as-is') return raw;
  const most = Math.max(...raw);
  const least = Math.min(...raw);
  if (most === least) return raw.map(() => 100);
  return raw.map((score) => Math.floor((100 * (best === 'most' ? score - least : most - score)) / (most - least)));
}
