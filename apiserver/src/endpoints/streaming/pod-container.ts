import { badRequest, type Pod } from '@kubarium/shared';

/** The container that a request means, by name or because there is only one; throws 400 in the real server's words. */
export function podContainer(pod: Pod, name: string | null): string {
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec ?? { containers: [] };
  const all = [...initContainers, ...containers, ...ephemeralContainers].map((container) => container.name);
  if (name !== null && name !== '') {
    if (!all.includes(name)) throw badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`);
    return name;
  }
  if (containers.length === 1) return containers[0]!.name;
  throw badRequest(
    `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${all.join(' ')}]`,
  );
}

/** The node that a pod runs on; throws 400 where it has none yet. */
export function hostOf(pod: Pod): string {
  const node = pod.spec.nodeName;
  if (node === undefined || node === '') throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  return node;
}
