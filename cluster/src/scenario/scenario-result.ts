import type { Position } from './parse-scenario.ts';
import type { OperationName } from './scenario.ts';

export type Section = 'try' | 'catch' | 'finally' | 'cleanup';

/** `skipped`: a simulator's operation on a real cluster. */
export type OperationStatus = 'passed' | 'failed' | 'skipped';

export interface OperationResult {
  /** The step's name, or `step 2`. */
  readonly step: string;
  readonly section: Section;
  /** `delete` stands also for what is deleted in the end without being asked. */
  readonly operation: OperationName;
  readonly position: Position;
  readonly description: string | undefined;
  readonly status: OperationStatus;
  /** What it did, in one line. */
  readonly says: string;
  /** What it was asked to show (`get`, `describe`, `events`, `podLogs`), as lines. */
  readonly shows: readonly string[];
  /** Of this machine's time. */
  readonly wallMs: number;
  /** Of the cluster's time. */
  readonly clusterMs: number;
  readonly failure: Failure | undefined;
}

export interface Failure {
  readonly message: string;
  /** The difference, as lines. */
  readonly details: readonly string[];
  readonly evidence: Evidence | undefined;
}

/** What the objects concerned have to say. */
export interface Evidence {
  /** The last events, oldest first. */
  readonly events: readonly string[];
  readonly logs: readonly { readonly of: string; readonly lines: readonly string[] }[];
}

export interface ScenarioResult {
  readonly file: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Absent on a real cluster. */
  readonly seed: number | undefined;
  readonly operations: readonly OperationResult[];
  /** A failure of no operation: the cluster did not start, the transcript differs. */
  readonly failure: Failure | undefined;
  /** How often it was run; each run was like the first unless it failed. */
  readonly runs: number;
  /** Of all runs. */
  readonly wallMs: number;
  readonly clusterMs: number;
  /** A line an operation, with the cluster's time, and what it shows below it. */
  readonly transcript: readonly string[];
  /** Of transcript and cluster; the same for the same seed. Absent on a real cluster. */
  readonly digest: string | undefined;
}
