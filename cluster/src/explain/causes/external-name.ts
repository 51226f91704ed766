import { isIP } from 'node:net';
import { serviceText, type Facts } from '../facts.ts';
import type { Cause, Finding } from '../finding.ts';

/** An ExternalName Service is an alias in the DNS and nothing else: it has no address, no ports and no endpoints of its own. */
export const externalName: Cause = (facts) => {
  const { service, clusterDomain, aliasFinding } = facts;
  if (service?.spec.type !== 'ExternalName') return undefined;
  const target = (service.spec.externalName ?? '').replace(/\.$/, '');
  const alias = `Service ${serviceText(facts)} is an alias (CNAME) for ${target}`;
  if (isIP(target) !== 0) {
    return {
      cause: 'ExternalNameIsAddress',
      message: `the external name ${target} is an address, and a name can be an alias for a name only`,
      evidence: [alias],
      fix: 'Use a Service without selector and an EndpointSlice with the address instead',
    };
  }
  if (!target.endsWith(`.${clusterDomain}`)) return outside(facts, alias, target);
  if (aliasFinding === undefined) return undefined;
  return {
    ...aliasFinding,
    message: `it is an alias for ${target}, and ${aliasFinding.message}`,
    evidence: [alias, ...aliasFinding.evidence],
  };
};

const outside = (facts: Facts, alias: string, target: string): Finding => ({
  cause: 'ExternalNameOutside',
  message: `it is an alias for ${target}, which is outside the cluster domain ${facts.clusterDomain}; the cluster DNS does not resolve it`,
  evidence: [
    alias,
    ...(facts.service?.spec.selector === undefined ? [] : ['its selector and its ports have no effect']),
  ],
  fix: `Name a Service of the cluster by its whole name, such as NAME.NAMESPACE.svc.${facts.clusterDomain}, or use type ClusterIP`,
});
