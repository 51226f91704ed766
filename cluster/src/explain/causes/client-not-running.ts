import type { Cause } from '../finding.ts';
import { isNodeReady } from '../pod-trouble.ts';

/** The pod that asks does not run; or its node is down, and with it the pod, whatever its phase still says. */
export const clientNotRunning: Cause = ({ client }) => {
  if (client?.kind !== 'pod') return undefined;
  const { metadata, spec, status } = client.pod;
  const runs = status.phase === 'Running';
  if (runs && isNodeReady(client.node)) return undefined;
  return {
    cause: 'ClientNotRunning',
    message: `the pod that asks, ${metadata.namespace}/${metadata.name}, does not run`,
    evidence: [runs ? `its node ${spec.nodeName} is not ready` : `it is ${status.phase ?? 'Pending'}`],
    fix: `See: kubarium explain pod/${metadata.name} -n ${metadata.namespace}`,
  };
};
