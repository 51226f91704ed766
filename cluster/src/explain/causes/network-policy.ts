import type { Denial, Facts } from '../facts.ts';
import type { Cause, Finding } from '../finding.ts';

/** A network policy keeps the client from cluster DNS: names are not resolved. */
export const policyDeniesDns: Cause = (facts) => {
  const { asked, dnsDenials } = facts;
  if (asked.address !== undefined || dnsDenials.length === 0 || dnsDenials.some(({ verdict }) => verdict.allowed)) {
    return undefined;
  }
  const denial = denied('PolicyDeniesDns', dnsDenials);
  return {
    ...denial,
    message: `the name cannot be resolved: ${denial.message}`,
    fix: `Allow UDP and TCP port 53 to kube-system. ${denial.fix}`,
  };
};

/** A network policy keeps the client from the endpoints. */
export const networkPolicy: Cause = ({ denials }: Facts) => {
  const refused = denials.filter(({ verdict }) => !verdict.allowed);
  if (refused.length === 0) return undefined;
  return { ...denied('NetworkPolicyDenies', refused), isPartial: refused.length < denials.length };
};

function denied(cause: string, denials: readonly Denial[]): Finding {
  const { endpoint, verdict } = denials[0]!;
  const { misses = [], policies = [], direction } = verdict.directions.find(({ allowed }) => !allowed) ?? {};
  return {
    cause,
    message: `a network policy drops the traffic: ${verdict.reason}`,
    evidence: [
      `to ${endpoint.key}${endpoint.target === undefined ? '' : ` (${endpoint.target})`}`,
      ...misses.slice(0, 3).map(({ policy, rule, why }) => `${policy}${rule === undefined ? '' : ` ${rule}`}: ${why}`),
    ],
    fix: `Add a rule to ${policies[0] ?? 'the policy'} that allows the ${direction ?? 'traffic'}`,
  };
}
