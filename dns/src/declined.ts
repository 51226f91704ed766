import type { Answer, Rcode } from './record.ts';

/** An answer without records that says no more than its code. */
export const declined = (rcode: Rcode, reason: string): Answer => ({
  rcode,
  authoritative: false,
  answers: [],
  authority: [],
  additional: [],
  reason,
});
