import { isHeadless, serviceText } from '../facts.ts';
import type { Cause } from '../finding.ts';

/** A headless Service translates no ports: its name is the pods' addresses, and clients must ask for the pods' own port. */
export const headlessPort: Cause = (facts) => {
  const { port, choice, openPorts } = facts;
  if (!isHeadless(facts) || port === undefined || choice.candidates.length === 0) return undefined;
  const protocol = port.protocol ?? 'TCP';
  const listens = (address: string, number: number): boolean =>
    openPorts(address)?.some((open) => open.protocol === protocol && open.port === number) ?? false;
  const [first] = choice.candidates;
  if (first!.port === port.port || choice.candidates.some(({ address }) => listens(address, port.port)))
    return undefined;
  return {
    cause: 'HeadlessPortIgnored',
    message: `the Service is headless: nothing translates its port ${port.port} to the target port ${first!.port}`,
    evidence: [
      `the name of ${serviceText(facts)} is ${choice.candidates.map(({ address }) => address).join(', ')}, the pods themselves`,
      `nothing listens there on ${port.port}`,
    ],
    fix: `Ask for port ${first!.port}, or give the Service a cluster IP`,
  };
};
