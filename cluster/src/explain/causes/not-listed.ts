import { hasSelector } from '../facts.ts';
import type { Cause } from '../finding.ts';
import { isReady } from '../pod-trouble.ts';

/** Pods are ready, and no EndpointSlice of the Service has them. */
export const notListed: Cause = (facts) => {
  const { service, pods, choice, endpoints, slices, strandedSlices } = facts;
  if (service === undefined || choice.candidates.length > 0 || service.spec.type === 'ExternalName') return undefined;
  const ready = pods.filter(({ pod }) => isReady(pod));
  const unready = endpoints.filter((endpoint) => !endpoint.ready);
  if (hasSelector(facts) && ready.length === 0) return undefined;
  const evidence =
    unready.length > 0
      ? unready.slice(0, 3).map(({ key }) => `the EndpointSlices say that ${key} is not ready`)
      : [
          `${slices.length} EndpointSlices belong to the Service, and none of them has an endpoint for the port`,
          ...strandedSlices.slice(0, 3).map(({ metadata }) => `EndpointSlice ${metadata.name} belongs to no Service`),
        ];
  return {
    cause: unready.length > 0 ? 'EndpointsNotReady' : 'EndpointsNotListed',
    message: unready.length > 0 ? 'no endpoint is ready' : 'the ready pods are in no EndpointSlice of the Service',
    evidence,
    fix: hasSelector(facts)
      ? 'Wait for the EndpointSlice controller, or delete the EndpointSlices: it makes them anew'
      : 'Set conditions.ready in the EndpointSlice once the endpoint answers',
  };
};
