import { hasSelector, portText } from '../facts.ts';
import type { Cause } from '../finding.ts';

/** EndpointSlices that were made by hand, none of whose ports has the name (and protocol) of the Service's port. */
export const slicePortName: Cause = (facts) => {
  const { service, slices, port, endpoints } = facts;
  if (service === undefined || port === undefined || hasSelector(facts) || endpoints.length > 0) return undefined;
  const filled = slices.filter(({ endpoints: made }) => (made ?? []).length > 0);
  if (filled.length === 0) return undefined;
  const { name: portName = '', protocol = 'TCP' } = port;
  const ports = filled.flatMap((slice) =>
    (slice.ports ?? []).map(
      (one) =>
        `${one.name === undefined || one.name === '' ? 'unnamed' : one.name} ${one.port}/${one.protocol ?? 'TCP'}`,
    ),
  );
  const named = filled[0]!.metadata.name;
  return {
    cause: 'SlicePortMismatch',
    message: `no EndpointSlice of the Service has a port ${portName === '' ? 'without a name' : `named ${portName}`} of protocol ${protocol}`,
    evidence: [
      `the Service's port: ${portText(port)}`,
      `the ports of EndpointSlice ${named}: ${ports.join(', ') || 'none'}`,
    ],
    fix: `Name the port ${portName === '' ? '(no name)' : portName} in EndpointSlice ${named}, and give it the protocol ${protocol}`,
  };
};
