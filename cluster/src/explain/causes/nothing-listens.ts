import { socketAddressText, type OpenPort } from '@kubarium/shared';
import { isHeadless, portText, type Facts } from '../facts.ts';
import type { Cause, Finding } from '../finding.ts';

/**
 * The pods are there, and nothing listens on the target port.
 *
 * 1. The port is open on the pod's loopback only: ListensOnLocalhost.
 * 2. It is open with the other protocol: ListensOnOtherProtocol.
 * 3. NothingListens, with what does listen.
 */
export const nothingListens: Cause = (facts) => {
  const { port, choice, openPorts } = facts;
  if (port === undefined) return undefined;
  const protocol = port.protocol ?? 'TCP';
  const closed = choice.candidates.flatMap((endpoint) => {
    const open = openPorts(endpoint.address);
    const wanted = isHeadless(facts) ? headlessPort(facts, endpoint.port) : endpoint.port;
    const answers = (one: OpenPort): boolean =>
      one.protocol === protocol && one.port === wanted && reaches(one, endpoint.address);
    return open === undefined || open.some(answers) ? [] : [{ ...endpoint, open, wanted }];
  });
  const [first] = closed;
  if (first === undefined) return undefined;
  const isPartial = closed.length < choice.candidates.length;
  const where = `${socketAddressText({ address: first.address, port: first.wanted })}${first.target === undefined ? '' : ` (${first.target})`}`;
  const same = first.open.filter((one) => one.port === first.wanted);
  const finding = (cause: string, message: string, fix: string): Finding => ({
    cause,
    message,
    evidence: [
      `port ${portText(port)} of the Service goes to ${where}`,
      first.open.length === 0
        ? 'no port is open there'
        : `open there: ${first.open.map((one) => `${socketAddressText(one)}/${one.protocol}`).join(', ')}`,
      ...(isPartial ? [`${closed.length} of ${choice.candidates.length} endpoints are like that`] : []),
    ],
    fix,
    isPartial,
  });
  if (same.some((one) => one.protocol === protocol)) {
    return finding(
      'ListensOnLocalhost',
      `the pod listens on port ${first.wanted} of its loopback address only`,
      'Make the program listen on 0.0.0.0',
    );
  }
  if (same.length > 0) {
    return finding(
      'ListensOnOtherProtocol',
      `the pod listens on port ${first.wanted} with ${same[0]!.protocol}, and the Service's port is ${protocol}`,
      `Set protocol: ${same[0]!.protocol} in the Service's port`,
    );
  }
  const candidates = first.open.filter((one) => one.protocol === protocol && reaches(one, first.address));
  return finding(
    'NothingListens',
    `nothing listens on the target port ${first.wanted} of the pods`,
    candidates.length > 0
      ? `Set targetPort: ${candidates[0]!.port} in the Service`
      : 'Make the program listen, or correct the targetPort of the Service',
  );
};

/** A client of a headless Service asks the pods for the port that it was told; either number may be meant, as long as one is open. */
function headlessPort({ asked, port, openPorts, choice }: Facts, targetPort: number): number {
  if (typeof asked.port === 'number') return asked.port;
  const isOpen = choice.candidates.some(({ address }) => openPorts(address)?.some((one) => one.port === port!.port));
  return isOpen ? port!.port : targetPort;
}

const reaches = (open: OpenPort, address: string): boolean => open.address === '0.0.0.0' || open.address === address;
