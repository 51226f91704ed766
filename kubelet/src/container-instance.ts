import { type Container, type ContainerStateTerminated, timestamp } from '@kubarium/shared';
import { createHash } from 'node:crypto';
import type { Configuration } from './container/container-configuration.ts';
import type { Container as RunningContainer } from './container/container.ts';
import type { FileSystem } from './container/file-system.ts';
import { ContainerStreams } from './container/container-streams.ts';
import type { SpawnError } from './container/process.ts';
import { terminationMessage } from './container/termination-message.ts';
import type { StoredImage } from './image-store.ts';
import { LogStore } from './logs/log-store.ts';
import type { NodeContext } from './node-context.ts';

/** One run of a container, from its creation on. */
export interface ContainerInstance {
  readonly containerID: string;
  readonly image: string;
  readonly imageID: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly files: FileSystem;
  readonly logs: LogStore;
  readonly streams: ContainerStreams;
  readonly startedMs: number;
  /** Aborted at its end, for hooks that may still run. */
  readonly ended: AbortController | undefined;
  /** The image that it was made from, as the pod named it then. */
  readonly specImage: string | undefined;
  running: RunningContainer | undefined;
  terminated: ContainerStateTerminated | undefined;
}

export interface InstanceInput {
  readonly context: NodeContext;
  readonly podUid: string;
  readonly spec: Container;
  readonly stored: StoredImage;
  readonly configuration: Configuration;
  /** How many runs there were before. */
  readonly attempt: number;
}

/** A run that is made but not started. Its id is the same in every run of the cluster with the same pods. */
export function makeInstance({
  context,
  podUid,
  spec,
  stored,
  configuration,
  attempt,
}: InstanceInput): ContainerInstance {
  const { clock } = context.runtime;
  const logs = new LogStore(clock);
  const id = createHash('sha256').update(`${podUid}/${spec.name}/${attempt}`).digest('hex');
  return {
    containerID: `kubarium://${id}`,
    image: stored.name,
    imageID: stored.imageID,
    uid: configuration.uid,
    gid: configuration.gid,
    groups: configuration.groups,
    files: configuration.files,
    logs,
    streams: new ContainerStreams(logs, { stdin: spec.stdin === true, tty: spec.tty === true }),
    startedMs: clock.now(),
    ended: spec.lifecycle === undefined ? undefined : new AbortController(),
    specImage: spec.image,
    running: undefined,
    terminated: undefined,
  };
}

/** The state of a run that ended with this code. */
export function exitState(
  instance: ContainerInstance,
  spec: Container,
  exitCode: number,
  nowMs: number,
): ContainerStateTerminated {
  const message = terminationMessage(spec, instance.files, instance.logs, exitCode);
  return {
    containerID: instance.containerID,
    exitCode,
    finishedAt: timestamp(nowMs),
    ...(message === '' ? {} : { message }),
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: timestamp(instance.startedMs),
  };
}

/** The state of a run whose program could not be started, in the words of containerd and runc. */
export const startErrorState = (
  { containerID }: ContainerInstance,
  error: SpawnError,
  nowMs: number,
): ContainerStateTerminated & { message: string } => ({
  containerID,
  exitCode: 128,
  finishedAt: timestamp(nowMs),
  message: `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${error.message}: unknown`,
  reason: 'StartError',
  startedAt: '1970-01-01T00:00:00Z',
});

/** The state of a container that never ran when its pod is over. */
export const NEVER_FOUND: ContainerStateTerminated = {
  exitCode: 137,
  message: 'The container could not be located when the pod was terminated',
  reason: 'ContainerStatusUnknown',
};
