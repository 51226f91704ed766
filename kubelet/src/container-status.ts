import type { Container, ContainerState, ContainerStateTerminated, ContainerStatus } from '@kubarium/shared';

/** All that a container's status is made of. */
export interface ContainerStatusInput {
  readonly container: Pick<Container, 'name' | 'image' | 'volumeMounts' | 'resources'>;
  readonly state: ContainerState;
  readonly lastTerminated?: ContainerStateTerminated | undefined;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  /** The instance that runs, or ran last; absent before the first. */
  readonly instance?: ContainerInstanceFacts | undefined;
}

export interface ContainerInstanceFacts {
  readonly containerID: string;
  readonly image: string;
  readonly imageID: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** A container's status as a 1.35 kubelet reports it, volume mounts, resources and user included. */
export function containerStatus(input: ContainerStatusInput): ContainerStatus {
  const { container, instance } = input;
  const requests = container.resources?.requests;
  return {
    ...(instance === undefined || requests === undefined ? {} : { allocatedResources: requests }),
    ...(instance === undefined ? {} : { containerID: instance.containerID }),
    image: instance?.image ?? container.image ?? '',
    imageID: instance?.imageID ?? '',
    lastState: input.lastTerminated === undefined ? {} : { terminated: input.lastTerminated },
    name: container.name,
    ready: input.ready,
    ...(instance === undefined ? {} : { resources: container.resources ?? {} }),
    restartCount: input.restartCount,
    started: input.started,
    state: input.state,
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
    ...(container.volumeMounts === undefined || container.volumeMounts.length === 0
      ? {}
      : {
          volumeMounts: container.volumeMounts.map(({ mountPath, name, readOnly }) => ({
            mountPath,
            name,
            ...(readOnly === true ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
          })),
        }),
  };
}
