import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import type { Snapshot } from './snapshot.ts';

/** Why a node cannot take a pod. */
export interface Unfit {
  /** In the real scheduler's words; they are counted over all nodes into the FailedScheduling message. */
  readonly reasons: readonly string[];
  /** True where removing other pods from the node could help. */
  readonly preemptible: boolean;
}

/** Asked once a node: undefined is yes. */
export type NodeTest = (node: NodeInfo) => Unfit | undefined;

/** Decides which nodes can take a pod. One decision a file in plugins/. */
export interface FilterPlugin {
  readonly name: string;
  /** The only nodes that come into question, where the pod names them; the others are not tested at all. */
  candidates?(pod: PodInfo): ReadonlySet<string> | undefined;
  /** Looks at the pod once; undefined where it has nothing to say about any node. */
  prepare(pod: PodInfo, snapshot: Snapshot): NodeTest | undefined;
}

/** Orders the nodes that can take a pod. */
export interface ScorePlugin {
  readonly name: string;
  readonly weight: number;
  /** Which raw score is best: `most`, `least`, or `as-is` for scores that are from 0 to 100 already. */
  readonly best: 'most' | 'least' | 'as-is';
  prepare(pod: PodInfo, snapshot: Snapshot, candidates: readonly NodeInfo[]): ((node: NodeInfo) => number) | undefined;
}

export const unfit = (...reasons: string[]): Unfit => ({ reasons, preemptible: false });
export const unfitNow = (...reasons: string[]): Unfit => ({ reasons, preemptible: true });
