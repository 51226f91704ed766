import { SESSION_AFFINITY } from '../facts.ts';
import type { Cause } from '../finding.ts';

/** Endpoints whose address nobody has: pods that are gone, or a slip in a slice that was made by hand. */
export const endpointGone: Cause = ({ service, choice, openPorts, slices }) => {
  const gone = choice.candidates.filter(({ address }) => openPorts(address) === undefined);
  if (gone.length === 0 || service === undefined) return undefined;
  const isPartial = gone.length < choice.candidates.length;
  const isKept = choice.reason === SESSION_AFFINITY;
  const keeps = service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800;
  const manual = slices.find(
    (slice) =>
      slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] !== 'endpointslice-controller.k8s.io' &&
      slice.endpoints?.some(({ addresses }) =>
        addresses.some((address) => gone.some((one) => one.address === address)),
      ),
  );
  const addresses = gone.map(({ key, target }) => [key, target].filter(Boolean).join(' '));
  return {
    cause: isKept ? 'AffinityToGonePod' : 'EndpointGone',
    message: isKept
      ? `session affinity keeps the client at ${addresses[0]}, and nobody has that address`
      : `nobody has the address of ${isPartial ? 'one of its endpoints' : 'its endpoints'}: ${addresses.slice(0, 3).join(', ')}`,
    evidence: [
      ...addresses.slice(0, 3).map((address) => `no pod and no node has the address of ${address}`),
      ...(manual === undefined
        ? []
        : [`EndpointSlice ${manual.metadata.name} was made by hand and is not kept up by anybody`]),
      ...(service.spec.sessionAffinity === 'ClientIP'
        ? [`sessionAffinity ClientIP: who was sent there is kept there for ${keeps} s after each request`]
        : []),
    ],
    fix:
      manual === undefined
        ? 'Wait for the EndpointSlice controller to take it out; delete the pod if its node is gone'
        : `Correct the addresses of EndpointSlice ${manual.metadata.name}`,
    isPartial,
  };
};
