import type { Cause } from '../finding.ts';

/** Names are not resolved, since cluster DNS does not answer. */
export const dnsDown: Cause = ({ asked, client, dnsFinding }) => {
  if (dnsFinding === undefined || dnsFinding.isPartial || asked.address !== undefined || client?.kind === 'outside')
    return undefined;
  return {
    cause: 'DnsDown',
    message: `the name cannot be resolved: cluster DNS does not answer (${dnsFinding.message})`,
    evidence: [`Service kube-system/kube-dns: ${dnsFinding.cause}`, ...dnsFinding.evidence],
    fix: `Mend cluster DNS. ${dnsFinding.fix}`,
  };
};
