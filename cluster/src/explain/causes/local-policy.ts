import type { Cause } from '../finding.ts';

/** A traffic policy Local keeps to endpoints of the client's own node, and there is none. */
export const localPolicy: Cause = ({ service, client, choice, nodesLeftOut, endpoints }) => {
  if (service === undefined) return undefined;
  const field = client?.kind === 'outside' ? 'externalTrafficPolicy' : 'internalTrafficPolicy';
  const there = [...new Set(endpoints.filter(({ ready }) => ready).map(({ node }) => node ?? 'no node'))].join(', ');
  const { name, namespace } = service.metadata;
  const shared = {
    cause: 'LocalPolicyWithoutEndpoint',
    evidence: [`ready endpoints are on ${there || 'no node'}`],
    fix: `kubectl patch svc ${name} -n ${namespace} -p '{"spec":{"${field}":"Cluster"}}', or run a pod of the Service on every node`,
  };
  if (choice.outcome === 'drop') {
    const node = client?.kind === 'pod' ? ` ${client.pod.spec.nodeName}` : '';
    return { ...shared, message: `${field} is Local, and the client's node${node} has no endpoint of the Service` };
  }
  if (nodesLeftOut.length === 0) return undefined;
  return {
    ...shared,
    message: `${field} is Local, and there is no endpoint on ${nodesLeftOut.join(', ')}`,
    isPartial: true,
  };
};
