import type { Cause } from '../finding.ts';
import { namesakesText } from '../namesakes.ts';

/** The Service exists, but in another namespace than the one where the name leads. */
export const wrongNamespace: Cause = (facts) => {
  const { asked, service, otherServices } = facts;
  if (service !== undefined || asked.address !== undefined) return undefined;
  const there = otherServices.filter(({ metadata }) => metadata.name === asked.name);
  if (there.length === 0) return undefined;
  const namespaces = there.map(({ metadata }) => metadata.namespace!);
  return {
    cause: 'WrongNamespace',
    message: `Service ${asked.name} is not in namespace ${asked.namespace} but in ${namespaces.join(', ')}`,
    evidence: namesakesText(facts),
    fix: `Ask for ${asked.name}.${namespaces[0]}`,
  };
};
