import { timestamp } from '@kubarium/shared';
import type { Cause } from '../finding.ts';

/** An address of the Service range that no Service has (any more): clients keep what they once resolved. */
export const noServiceAtAddress: Cause = ({ asked, service, deleted, otherServices }) => {
  if (service !== undefined || asked.address === undefined) return undefined;
  const heir = otherServices.find(
    ({ metadata }) => metadata.name === deleted?.name && metadata.namespace === deleted.namespace,
  );
  return {
    cause: 'NoServiceAtAddress',
    message: `no Service has the address ${asked.address}`,
    evidence: [
      ...(deleted === undefined
        ? []
        : [
            `it was the cluster IP of Service ${deleted.namespace}/${deleted.name}, deleted at ${timestamp(deleted.deletedMs)}`,
          ]),
      ...(heir === undefined
        ? []
        : [`Service ${heir.metadata.namespace}/${heir.metadata.name} was made anew and has ${heir.spec.clusterIP}`]),
    ],
    fix: 'Ask for the Service by its name; a client that keeps addresses must resolve it anew',
  };
};
