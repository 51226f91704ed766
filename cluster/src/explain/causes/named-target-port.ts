import { nearestText } from '../edit-distance.ts';
import { portText } from '../facts.ts';
import type { Cause } from '../finding.ts';
import { isReady } from '../pod-trouble.ts';

/** The target port is a name that no container port of the ready pods has. */
export const namedTargetPort: Cause = ({ service, port, pods, choice }) => {
  if (typeof port?.targetPort !== 'string' || choice.candidates.length > 0 || service === undefined) return undefined;
  const { targetPort, protocol = 'TCP' } = port;
  const ready = pods.filter(({ pod }) => isReady(pod));
  const ports = ready.flatMap(({ pod }) => pod.spec.containers.flatMap((container) => container.ports ?? []));
  if (ready.length === 0 || ports.some((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol))
    return undefined;
  const names = [...new Set(ports.flatMap(({ name }) => (name === undefined ? [] : [name])))];
  const near = nearestText(targetPort, names) ?? names[0];
  const otherProtocol = ports.find(({ name }) => name === targetPort);
  const { name, namespace } = service.metadata;
  return {
    cause: 'TargetPortNameMissing',
    message: `port ${portText(port)} goes to the pods' port named ${targetPort}, and no ready pod has a ${protocol} port of that name`,
    evidence: [
      otherProtocol === undefined
        ? `pod ${ready[0]!.pod.metadata.name} has ${ports.length === 0 ? 'no ports' : `the ports ${ports.map((one) => `${one.name ?? 'unnamed'}=${one.containerPort}/${one.protocol ?? 'TCP'}`).join(', ')}`}`
        : `${targetPort} is a port of protocol ${otherProtocol.protocol}`,
    ],
    fix:
      near === undefined
        ? `Name a port of the container ${targetPort}, or give the Service the number as its targetPort`
        : `Set targetPort: ${near} in Service ${namespace}/${name}`,
  };
};
