import {
  type Container,
  type ContainerState as ApiState,
  type ContainerStateTerminated,
  type ContainerStatus,
  type Pod,
  timestamp,
} from '@kubarium/shared';
import { type ContainerInstance, NEVER_FOUND } from './container-instance.ts';
import type { ContainerState } from './container-lifecycle.ts';
import type { ContainerRole } from './restart-policy.ts';

/** Why a container waits, in the words of its status. */
export interface Waiting {
  readonly reason: string;
  readonly message: string;
}

/** All that a container's status is made of. */
export interface ContainerStatusInput {
  readonly pod: Pod;
  /** All init containers of the pod are done, or the sidecars among them started. */
  readonly isInitialized: boolean;
  readonly spec: Container;
  readonly role: ContainerRole;
  readonly state: ContainerState;
  readonly waiting: Waiting | undefined;
  readonly isReady: boolean;
  readonly isStarted: boolean;
  readonly restartCount: number;
  /** The run that goes on, or the last one; absent before the first. */
  readonly instance: ContainerInstance | undefined;
  /** How the last one before it ended. */
  readonly lastTerminated: ContainerStateTerminated | undefined;
}

/** A container's status as a 1.35 kubelet reports it, volume mounts, resources and user included. */
export function containerStatus(input: ContainerStatusInput): ContainerStatus {
  const { spec, instance } = input;
  const requests = spec.resources?.requests;
  const lastTerminated = isWaiting(input) ? (instance?.terminated ?? input.lastTerminated) : input.lastTerminated;
  return {
    ...(instance === undefined || requests === undefined ? {} : { allocatedResources: requests }),
    ...(instance === undefined ? {} : { containerID: instance.containerID }),
    image: instance?.image ?? spec.image ?? '',
    imageID: instance?.imageID ?? '',
    lastState: lastTerminated === undefined ? {} : { terminated: lastTerminated },
    name: spec.name,
    ready: input.role === 'init' ? instance?.terminated?.exitCode === 0 : input.isReady,
    ...(instance === undefined ? {} : { resources: spec.resources ?? {} }),
    restartCount: input.restartCount,
    started: input.isStarted,
    state: apiState(input),
    ...(instance === undefined
      ? {}
      : {
          user: {
            linux: {
              gid: instance.gid,
              supplementalGroups: [...new Set([instance.gid, ...instance.groups])],
              uid: instance.uid,
            },
          },
        }),
    ...(spec.volumeMounts === undefined || spec.volumeMounts.length === 0
      ? {}
      : {
          volumeMounts: spec.volumeMounts.map(({ mountPath, name, readOnly }) => ({
            mountPath,
            name,
            ...(readOnly === true ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
          })),
        }),
  };
}

const isWaiting = ({ state, waiting }: ContainerStatusInput): boolean => waiting !== undefined && state !== 'done';

function apiState(input: ContainerStatusInput): ApiState {
  const { pod, state, waiting, instance } = input;
  if (instance?.running !== undefined && instance.terminated === undefined && state !== 'creating')
    return { running: { startedAt: timestamp(instance.startedMs) } };
  if (isWaiting(input)) return { waiting };
  if (instance?.terminated !== undefined) return { terminated: instance.terminated };
  if (state === 'done' && wasDue(input)) return { terminated: NEVER_FOUND };
  const { initContainers = [] } = pod.spec;
  return { waiting: { reason: initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating' } };
}

/** Whether nothing but the pod's end has kept it from its first run: others still wait for the init containers before them. */
function wasDue({ pod, role, spec, isInitialized }: ContainerStatusInput): boolean {
  const { initContainers = [] } = pod.spec;
  if (role === 'init' || role === 'sidecar') return initContainers[0]!.name === spec.name;
  return initContainers.length === 0 || isInitialized;
}
