import type { Service } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import { isExternallyAccessible } from './defaults.ts';
import { allocatesNodePorts, needsClusterIP, needsHealthCheckNodePort, needsNodePort } from './needs.ts';

/**
 * Takes out of a draft what only its old type needed, where the client left it as it was: so that changing the type is enough.
 * What the client changed stays, for validation to judge.
 */
export function dropTypeDependentFields(draft: Service, old: Service): void {
  const { spec } = draft;
  if (needsClusterIP(old) && !needsClusterIP(draft)) {
    if (spec.clusterIP === old.spec.clusterIP && deepEqual(spec.clusterIPs, old.spec.clusterIPs)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (deepEqual(spec.ipFamilies, old.spec.ipFamilies)) delete spec.ipFamilies;
    if (spec.ipFamilyPolicy === old.spec.ipFamilyPolicy) delete spec.ipFamilyPolicy;
    if (spec.internalTrafficPolicy === old.spec.internalTrafficPolicy) delete spec.internalTrafficPolicy;
  }
  if (needsNodePort(old) && !needsNodePort(draft) && hasNoNewNodePort(draft, old)) {
    for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (
    needsHealthCheckNodePort(old) &&
    !needsHealthCheckNodePort(draft) &&
    spec.healthCheckNodePort === old.spec.healthCheckNodePort
  ) {
    delete spec.healthCheckNodePort;
  }
  if (old.spec.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (spec.allocateLoadBalancerNodePorts === old.spec.allocateLoadBalancerNodePorts) {
      delete spec.allocateLoadBalancerNodePorts;
    }
    if (spec.loadBalancerClass === old.spec.loadBalancerClass) delete spec.loadBalancerClass;
  }
  if (
    isExternallyAccessible(old) &&
    !isExternallyAccessible(draft) &&
    spec.externalTrafficPolicy === old.spec.externalTrafficPolicy
  ) {
    delete spec.externalTrafficPolicy;
  }
  if (spec.type !== 'LoadBalancer') draft.status = { ...draft.status, loadBalancer: {} };
}

/** Gives a draft that leaves out what was allocated to the old object the same again: clients may send what they once created. */
export function keepAllocatedValues(draft: Service, old: Service): void {
  const { spec } = draft;
  if (needsClusterIP(old) && needsClusterIP(draft)) {
    spec.clusterIP ||= old.spec.clusterIP;
    if ((spec.clusterIPs ?? []).length === 0 && old.spec.clusterIPs) spec.clusterIPs = [...old.spec.clusterIPs];
  }
  if (allocatesNodePorts(old) && allocatesNodePorts(draft)) keepNodePorts(draft, old);
  if (needsHealthCheckNodePort(old) && needsHealthCheckNodePort(draft)) {
    spec.healthCheckNodePort ||= old.spec.healthCheckNodePort;
  }
}

/** By the name of the port; a node port that the draft uses elsewhere is not given twice. */
function keepNodePorts(draft: Service, old: Service): void {
  const now = nodePorts(draft);
  const used = new Set(nodePorts(old).filter((port) => now.includes(port)));
  const byName = new Map((old.spec.ports ?? []).map((port) => [port.name ?? '', port.nodePort]));
  for (const port of draft.spec.ports ?? []) {
    if (port.nodePort) continue;
    const before = byName.get(port.name ?? '');
    if (before !== undefined && !used.has(before)) port.nodePort = before;
  }
}

const hasNoNewNodePort = (draft: Service, old: Service): boolean => {
  const before = nodePorts(old);
  return nodePorts(draft).every((port) => before.includes(port));
};

const nodePorts = ({ spec }: Service): number[] =>
  (spec.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [nodePort] : []));
