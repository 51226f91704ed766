import { portText, serviceText, type Facts } from '../facts.ts';
import type { Cause, Finding } from '../finding.ts';

/**
 * The Service has no port as it was asked.
 *
 * 1. It has the number with another protocol: WrongProtocol.
 * 2. The number is the target port: TargetPortAsked. Clients ask for the Service's own port.
 * 3. The number is the node port: NodePortAsked. It answers at the nodes' addresses.
 * 4. None of these: NoSuchPort.
 */
export const wrongPort: Cause = (facts) => {
  const { asked, service, port } = facts;
  if (service === undefined || port !== undefined || service.spec.type === 'ExternalName') return undefined;
  const ports = service.spec.ports ?? [];
  const finding = (cause: string, message: string, fix: string): Finding => ({
    cause,
    message,
    evidence: [
      `Service ${serviceText(facts)} has ${ports.length === 0 ? 'no ports' : `the ports ${ports.map(portText).join(', ')}`}`,
    ],
    fix,
  });
  const wanted = `${asked.port ?? 'any'}/${asked.protocol ?? 'TCP'}`;
  const ask = (one: (typeof ports)[number]): string => `Ask for port ${one.port} (${one.protocol ?? 'TCP'})`;
  const other = ports.find((one) => one.port === asked.port || one.name === asked.port);
  if (other !== undefined) {
    return finding(
      'WrongProtocol',
      `port ${other.port} is ${other.protocol ?? 'TCP'}, and ${asked.protocol ?? 'TCP'} was asked`,
      `Speak ${other.protocol ?? 'TCP'}, or add a port of the other protocol to the Service`,
    );
  }
  const byTarget = ports.find(
    (one) => targetOf(one) === asked.port || targetNumbers(facts, one).includes(Number(asked.port)),
  );
  if (byTarget !== undefined) {
    return finding(
      'TargetPortAsked',
      `${wanted} is the target port, on which the pods listen; the Service's own port is ${byTarget.port}`,
      ask(byTarget),
    );
  }
  const byNodePort = ports.find(({ nodePort }) => nodePort === asked.port);
  if (byNodePort !== undefined) {
    return finding(
      'NodePortAsked',
      `${wanted} is the node port, which answers at the nodes' addresses, not at the cluster IP`,
      ask(byNodePort),
    );
  }
  return finding(
    'NoSuchPort',
    `the Service has no port ${wanted}`,
    ports.length === 0 ? 'Give the Service a port' : ask(ports[0]!),
  );
};

const targetOf = ({ port, targetPort }: { port: number; targetPort?: number | string | undefined }): number | string =>
  targetPort ?? port;

/** The numbers that a named target port has in the pods. */
const targetNumbers = ({ pods }: Facts, port: { port: number; targetPort?: number | string | undefined }): number[] =>
  pods.flatMap(({ pod }) =>
    pod.spec.containers.flatMap(({ ports = [] }) =>
      ports.filter(({ name }) => name === port.targetPort).map(({ containerPort }) => containerPort),
    ),
  );
