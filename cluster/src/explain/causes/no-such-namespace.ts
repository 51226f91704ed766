import type { Cause } from '../finding.ts';
import { namesakesText } from '../namesakes.ts';

/** The namespace of the name does not exist. */
export const noSuchNamespace: Cause = (facts) => {
  const { asked, namespaceExists } = facts;
  if (asked.address !== undefined || namespaceExists) return undefined;
  return {
    cause: 'NoSuchNamespace',
    message: `there is no namespace ${asked.namespace}`,
    evidence: namesakesText(facts),
    fix: `Name the namespace of the Service: ${asked.name}.NAMESPACE`,
  };
};
