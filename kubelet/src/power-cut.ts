import type { ContainerStatus, Pod } from '@kubarium/shared';
import { roleOfInit, shouldRestart } from './restart-policy.ts';

/**
 * True where a container was made before. While one waits to be made anew its status names no container, but only the one that ended: a
 * node that goes down again just then must not forget that there was one.
 */
export const wasMade = ({ containerID, state, lastState }: ContainerStatus): boolean =>
  containerID !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined;

/** What becomes of a container whose node went down: it stays as it ended, or is made anew. */
export interface Restored {
  readonly status: ContainerStatus;
  readonly isOver: boolean;
}

/**
 * What a kubelet makes of the containers that the API says ran on its node before it started: what was running has ended,
 * nobody knows how (containerd says 255, Unknown). Init containers run again in the new sandbox, unless there is nothing left
 * to initialize it for. By the containers' names; those that never ran are absent.
 */
export function restoredContainers(pod: Pod, finishedAt: string): ReadonlyMap<string, Restored> {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status;
  const known = new Map(
    [...containerStatuses, ...initContainerStatuses].map((one) => [one.name, afterCut(one, finishedAt)]),
  );
  const isOver = (name: string): boolean => {
    const exitCode = known.get(name)?.state?.terminated?.exitCode;
    const spec = pod.spec.containers.find((one) => one.name === name);
    return exitCode !== undefined && spec !== undefined && !shouldRestart(pod, spec, 'main', exitCode);
  };
  const isAllOver = pod.spec.containers.every(({ name }) => isOver(name));
  const restored = new Map<string, Restored>();
  for (const [name, status] of known) {
    const init = pod.spec.initContainers?.find((one) => one.name === name);
    const isSidecar = init !== undefined && roleOfInit(init) === 'sidecar';
    restored.set(name, { status, isOver: init === undefined ? isOver(name) : isAllOver && !isSidecar });
  }
  return restored;
}

function afterCut(status: ContainerStatus, finishedAt: string): ContainerStatus {
  const { running } = status.state ?? {};
  if (running === undefined) return status;
  const { containerID } = status;
  const terminated = { containerID, exitCode: 255, finishedAt, reason: 'Unknown', startedAt: running.startedAt };
  return { ...status, ready: false, started: false, state: { terminated } };
}
