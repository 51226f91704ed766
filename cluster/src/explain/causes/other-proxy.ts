import { serviceText } from '../facts.ts';
import type { Cause } from '../finding.ts';

const LABEL = 'service.kubernetes.io/service-proxy-name';

/** kube-proxy leaves Services alone that are labelled as another proxy's. */
export const otherProxy: Cause = (facts) => {
  const { service } = facts;
  const proxy = service?.metadata.labels?.[LABEL];
  if (service === undefined || proxy === undefined || service.spec.clusterIP === 'None') return undefined;
  return {
    cause: 'OtherProxy',
    message: `kube-proxy leaves the Service to a proxy named ${proxy}, and there is none`,
    evidence: [`Service ${serviceText(facts)} has the label ${LABEL}=${proxy}`],
    fix: `kubectl label service ${service.metadata.name} -n ${service.metadata.namespace} ${LABEL}-`,
  };
};
