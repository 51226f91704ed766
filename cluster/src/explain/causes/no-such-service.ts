import { timestamp } from '@kubarium/shared';
import { nearestText } from '../edit-distance.ts';
import type { Cause } from '../finding.ts';
import { namesakesText } from '../namesakes.ts';

/** No Service has the name anywhere. */
export const noSuchService: Cause = (facts) => {
  const { asked, service, otherServices, deleted } = facts;
  if (service !== undefined || asked.address !== undefined) return undefined;
  const here = otherServices.filter(({ metadata }) => metadata.namespace === asked.namespace);
  const near = nearestText(
    asked.name,
    here.map(({ metadata }) => metadata.name),
  );
  return {
    cause: 'NoSuchService',
    message: `there is no Service ${asked.name} in namespace ${asked.namespace}`,
    evidence: [
      ...(deleted === undefined ? [] : [`it was deleted at ${timestamp(deleted.deletedMs)}`]),
      ...namesakesText(facts),
      ...(near === undefined ? [] : [`the nearest name there: ${near}`]),
    ],
    fix:
      near === undefined
        ? `Create it, such as with: kubectl expose deployment ${asked.name} -n ${asked.namespace}`
        : `Ask for ${near}, or create ${asked.name}`,
  };
};
