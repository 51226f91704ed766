import { serviceText } from '../facts.ts';
import type { Cause } from '../finding.ts';

/** A cluster IP exists within the cluster only. */
export const clusterIpFromOutside: Cause = (facts) => {
  const { service, client } = facts;
  if (client?.kind !== 'outside' || service === undefined) return undefined;
  const { type = 'ClusterIP', externalIPs = [], clusterIP } = service.spec;
  if (type !== 'ClusterIP' || externalIPs.length > 0) return undefined;
  const { name, namespace } = service.metadata;
  const port = service.spec.ports?.[0]?.port;
  return {
    cause: 'ClusterIpFromOutside',
    message: `Service ${serviceText(facts)} is of type ClusterIP: its address ${clusterIP} is known within the cluster only`,
    evidence: ['it has no node port, no load balancer and no external IP'],
    fix: `kubectl port-forward svc/${name} -n ${namespace} 8080:${port}, or: kubectl patch svc ${name} -n ${namespace} -p '{"spec":{"type":"NodePort"}}'`,
  };
};
