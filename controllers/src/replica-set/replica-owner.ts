import {
  type ApiObject,
  type LabelSelector,
  type PodTemplateSpec,
  REPLICA_SETS,
  type ReplicaSetStatus,
  REPLICATION_CONTROLLERS,
  type Resource,
} from '@kubarium/shared';

/** What keeps a number of pods of one template alive: a ReplicaSet, or its forerunner, a ReplicationController. */
export interface ReplicaOwner extends ApiObject {
  readonly spec: {
    readonly replicas?: number | undefined;
    readonly minReadySeconds?: number | undefined;
    readonly selector?: LabelSelector | Readonly<Record<string, string>> | undefined;
    readonly template?: PodTemplateSpec | undefined;
  };
  readonly status: ReplicaSetStatus;
}

/** How the two kinds differ. */
export interface ReplicaKind {
  readonly resource: Resource<ReplicaOwner>;
  /** Of its loop. */
  readonly name: string;
  /** The source of its Events. */
  readonly component: string;
  readonly selectorOf: (owner: ReplicaOwner) => LabelSelector;
  /** True where the status also counts the pods that are on their way out. */
  readonly countsTerminating: boolean;
}

export const REPLICA_SET: ReplicaKind = {
  resource: REPLICA_SETS as Resource<ReplicaOwner>,
  name: 'replica-set',
  component: 'replicaset-controller',
  selectorOf: ({ spec }) => spec.selector as LabelSelector,
  countsTerminating: true,
};

export const REPLICATION_CONTROLLER: ReplicaKind = {
  resource: REPLICATION_CONTROLLERS as Resource<ReplicaOwner>,
  name: 'replication-controller',
  component: 'replication-controller',
  selectorOf: ({ spec }) => ({ matchLabels: spec.selector as Record<string, string> }),
  countsTerminating: false,
};
