import { nearestText } from '../edit-distance.ts';
import { hasSelector, portText, serviceText } from '../facts.ts';
import type { Cause } from '../finding.ts';

const SERVICE_LABEL = 'kubernetes.io/service-name';

/** A Service without selector, for which nobody made an EndpointSlice; or somebody did, and the label that ties the two is missing. */
export const noEndpointsMade: Cause = (facts) => {
  const { service, slices, strandedSlices } = facts;
  if (service === undefined || hasSelector(facts) || service.spec.type === 'ExternalName') return undefined;
  if (slices.some(({ endpoints }) => (endpoints ?? []).length > 0)) return undefined;
  const { name, namespace } = service.metadata;
  const label = `${SERVICE_LABEL}=${name}`;
  const stranded =
    strandedSlices.find(
      ({ metadata }) => nearestText(name, [metadata.name, metadata.labels?.[SERVICE_LABEL] ?? '']) !== undefined,
    ) ?? (strandedSlices.length === 1 ? strandedSlices[0] : undefined);
  if (stranded !== undefined) {
    const has = stranded.metadata.labels?.[SERVICE_LABEL];
    return {
      cause: 'SliceNotLabelled',
      message: `EndpointSlice ${stranded.metadata.name} is not tied to the Service: ${has === undefined ? `it lacks the label ${label}` : `its label names Service ${has}`}`,
      evidence: [`Service ${serviceText(facts)} has no selector, so its EndpointSlices are made by hand`],
      fix: `kubectl label endpointslice ${stranded.metadata.name} -n ${namespace} --overwrite ${label}`,
    };
  }
  return {
    cause: 'NoSelectorNoEndpoints',
    message: 'the Service has no selector, and nobody made endpoints for it',
    evidence: [
      `no EndpointSlice of namespace ${namespace} has the label ${label}`,
      `its ports: ${(service.spec.ports ?? []).map(portText).join(', ')}`,
    ],
    fix: `Give it a selector (kubectl set selector svc/${name} -n ${namespace} app=NAME), or make an EndpointSlice with the label ${label}`,
  };
};
