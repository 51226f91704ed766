import type { Container, ContainerStatus, Pod } from '@kubarium/shared';

/** What a container is to its pod. A sidecar is an init container with `restartPolicy: Always` (KEP-753). */
export type ContainerRole = 'init' | 'sidecar' | 'main' | 'ephemeral';

export const roleOfInit = (container: Container): ContainerRole =>
  container.restartPolicy === 'Always' ? 'sidecar' : 'init';

/**
 * Whether a container that ended with this code is started again, by its rules (KEP-5307), else its own policy, else the pod's.
 * An init container that succeeded never is, an ephemeral one never at all.
 */
export function shouldRestart(pod: Pod, container: Container, role: ContainerRole, exitCode: number): boolean {
  if (role === 'sidecar') return true;
  if (role === 'ephemeral') return false;
  if (role === 'init' && exitCode === 0) return false;
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    if (exitCodes === undefined) continue;
    const isNamed = exitCodes.values?.includes(exitCode) ?? false;
    if (isNamed === (exitCodes.operator === 'In')) return action === 'Restart';
  }
  switch (container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always') {
    case 'Never':
      return false;
    case 'OnFailure':
      return exitCode !== 0;
    default:
      return true;
  }
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** The exit code that decides: of the container's end, or of its last one while it waits to be started again. */
const exitCodeOf = (status: ContainerStatus): number | undefined =>
  status.state?.terminated?.exitCode ??
  (status.state?.waiting === undefined ? undefined : status.lastState?.terminated?.exitCode);

export interface PhaseInput {
  readonly pod: Pod;
  readonly initStatuses: readonly ContainerStatus[];
  readonly statuses: readonly ContainerStatus[];
  /** No container will be started again, whatever the policy says: the pod was stopped. */
  readonly isStopped: boolean;
  /** A regular container has been started in this sandbox. */
  readonly isInitialized: boolean;
}

/** The phase of a pod, decided by the states of its containers (Pod lifecycle, "Pod phase"). */
export function podPhase({ pod, initStatuses, statuses, isStopped, isInitialized }: PhaseInput): PodPhase {
  let isPending = false;
  for (const [index, container] of (pod.spec.initContainers ?? []).entries()) {
    const status = initStatuses[index];
    const exitCode = status === undefined ? undefined : exitCodeOf(status);
    if (roleOfInit(container) === 'sidecar') {
      const isStarted = status?.state?.running !== undefined && status.started === true;
      if (!isStarted && exitCode === undefined && !isInitialized) isPending = true;
    } else if (exitCode === undefined) isPending = true;
    else if (exitCode !== 0 && !shouldRestart(pod, container, 'init', exitCode)) return 'Failed';
    else if (exitCode !== 0 && isStopped) return 'Failed';
  }
  let running = 0;
  let stopped = 0;
  let succeeded = 0;
  let restartable = 0;
  for (const [index, container] of pod.spec.containers.entries()) {
    const status = statuses[index];
    if (status?.state?.running !== undefined) running++;
    else {
      const exitCode = status === undefined ? undefined : exitCodeOf(status);
      if (exitCode === undefined) {
        isPending = true;
        continue;
      }
      stopped++;
      if (exitCode === 0) succeeded++;
      if (shouldRestart(pod, container, 'main', exitCode)) restartable++;
    }
  }
  if (isPending) return isStopped ? 'Failed' : 'Pending';
  if (running > 0) return 'Running';
  if (!isStopped && restartable > 0) return 'Running';
  return stopped === succeeded ? 'Succeeded' : 'Failed';
}
