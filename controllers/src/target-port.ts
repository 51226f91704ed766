import type { Pod, ServicePort } from '@kubarium/shared';

/** The number that a Service port's targetPort means on a pod: itself, or the container port of that name and protocol. */
export function targetPort(
  pod: Pod,
  { port, targetPort: target = port, protocol = 'TCP' }: ServicePort,
): number | undefined {
  if (typeof target === 'number') return target === 0 ? port : target;
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const container of [...pod.spec.containers, ...sidecars]) {
    const found = container.ports?.find(({ name, protocol: its = 'TCP' }) => name === target && its === protocol);
    if (found !== undefined) return found.containerPort;
  }
  return undefined;
}
