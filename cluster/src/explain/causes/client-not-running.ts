import type { Cause } from '../finding.ts';

/** The pod that asks does not run. */
export const clientNotRunning: Cause = ({ client }) => {
  if (client?.kind !== 'pod' || client.pod.status.phase === 'Running') return undefined;
  const { metadata, status } = client.pod;
  return {
    cause: 'ClientNotRunning',
    message: `the pod that asks, ${metadata.namespace}/${metadata.name}, does not run`,
    evidence: [`it is ${status.phase ?? 'Pending'}`],
    fix: `See: kubarium explain pod/${metadata.name} -n ${metadata.namespace}`,
  };
};
