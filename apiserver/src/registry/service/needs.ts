import type { Service } from '@kubarium/shared';

/** What a Service takes from the cluster's pools, by its type. */

export const needsClusterIP = ({ spec }: Service): boolean => spec.type !== 'ExternalName';

export const needsNodePort = ({ spec }: Service): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer';

export const needsHealthCheckNodePort = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

export const isHeadless = ({ spec }: Service): boolean => (spec.clusterIPs?.[0] ?? spec.clusterIP) === 'None';

/** Whether node ports are to be found for ports that name none. */
export const allocatesNodePorts = ({ spec }: Service): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
