import type { Facts } from './facts.ts';

/** Why a request fails, or will: what an explanation and an Event say. */
export interface Finding {
  /** CamelCase, as the reason of an Event. */
  readonly cause: string;
  /** What is wrong, in a sentence without the final dot. */
  readonly message: string;
  readonly evidence: readonly string[];
  /** What to do, as a sentence or a command. */
  readonly fix: string;
  /** True where other requests still are answered. */
  readonly isPartial?: boolean | undefined;
}

/** One thing that can be wrong: looks at the facts only, and answers undefined where it is not so. */
export type Cause = (facts: Facts) => Finding | undefined;
