import type { Cause } from '../finding.ts';

/** What still answers is about to go: the proxy falls back to endpoints that are terminating (KEP-1669). */
export const terminatingOnly: Cause = ({ choice, endpoints }) => {
  if (choice.candidates.length === 0 || choice.candidates.some(({ terminating }) => !terminating)) return undefined;
  if (endpoints.some(({ ready }) => ready)) return undefined;
  return {
    cause: 'TerminatingOnly',
    message: 'only pods that are being deleted still answer',
    evidence: choice.candidates.map(({ key, target }) => `${key} ${target ?? ''} is terminating`),
    fix: 'See why they have no successors that are ready',
    isPartial: true,
  };
};
