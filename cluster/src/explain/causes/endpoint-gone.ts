import type { Cause } from '../finding.ts';

/** Endpoints whose address nobody has: pods that are gone, or a slip in a slice that was made by hand. */
export const endpointGone: Cause = ({ service, choice, openPorts, slices }) => {
  const gone = choice.candidates.filter(({ address }) => openPorts(address) === undefined);
  if (gone.length === 0 || service === undefined) return undefined;
  const isPartial = gone.length < choice.candidates.length;
  const isSticky = service.spec.sessionAffinity === 'ClientIP';
  const manual = slices.find(
    (slice) =>
      slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] !== 'endpointslice-controller.k8s.io' &&
      slice.endpoints?.some(({ addresses }) =>
        addresses.some((address) => gone.some((one) => one.address === address)),
      ),
  );
  const addresses = gone.map(({ key, target }) => [key, target].filter(Boolean).join(' '));
  return {
    cause: isSticky ? 'AffinityToGonePod' : 'EndpointGone',
    message: isSticky
      ? `sessionAffinity keeps clients at ${addresses[0]}, and nobody has that address`
      : `nobody has the address of ${isPartial ? 'one of its endpoints' : 'its endpoints'}: ${addresses.slice(0, 3).join(', ')}`,
    evidence: [
      ...addresses.slice(0, 3).map((address) => `no pod and no node has the address of ${address}`),
      ...(manual === undefined
        ? []
        : [`EndpointSlice ${manual.metadata.name} was made by hand and is not kept up by anybody`]),
    ],
    fix:
      manual === undefined
        ? 'Wait for the EndpointSlice controller to take it out; delete the pod if its node is gone'
        : `Correct the addresses of EndpointSlice ${manual.metadata.name}`,
    isPartial,
  };
};
