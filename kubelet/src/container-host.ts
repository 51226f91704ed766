import type { Pod } from '@kubarium/shared';
import type { PodSandbox } from './container/pod-sandbox.ts';
import type { PodVolumes } from './container/volumes/pod-volumes.ts';
import type { NodeContext } from './node-context.ts';
import type { PodContainer } from './pod-container.ts';

/** What a container needs to know of its pod, and whom it tells of its changes. */
export interface ContainerHost {
  readonly context: NodeContext;
  readonly pod: Pod;
  readonly sandbox: PodSandbox;
  readonly volumes: PodVolumes;
  /** All init containers are done, or the sidecars among them started: the others may run. */
  readonly isInitialized: boolean;
  /** The container's state, readiness or status has changed. */
  changed(container: PodContainer): void;
}

/** The grace period in seconds that holds for a pod's containers now. */
export const graceOf = ({ metadata, spec }: Pod): number =>
  metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
