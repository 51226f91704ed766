import { deepEqual, type Deployment, parseTimestamp, type PodTemplateSpec, type ReplicaSet } from '@kubarium/shared';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const TEMPLATE_HASH = 'pod-template-hash';

/** Annotations of a Deployment that its ReplicaSets do not take over. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
]);

export type Annotations = Readonly<Record<string, string>>;

/** The revision that a ReplicaSet bears: a 64-bit number; 0 where it has none or one that cannot be read. */
export const revisionOf = ({ metadata }: ReplicaSet): bigint => parseRevision(metadata.annotations?.[REVISION]);

const parseRevision = (text: string | undefined): bigint => (/^-?\d+$/.test(text ?? '') ? BigInt(text!) : 0n);

const createdAt = ({ metadata }: ReplicaSet): number => parseTimestamp(metadata.creationTimestamp);

/** The older first, then by name (client-go's ReplicaSetsByCreationTimestamp). */
export const byCreation = (a: ReplicaSet, b: ReplicaSet): number =>
  createdAt(a) - createdAt(b) || (a.metadata.name < b.metadata.name ? -1 : 1);

/** True where two templates make the same pods: their hash label does not count. */
export const isSameTemplate = (a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean =>
  deepEqual(withoutHash(a), withoutHash(b));

function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec {
  const { [TEMPLATE_HASH]: _hash, ...labels } = template?.metadata?.labels ?? {};
  const { creationTimestamp: _created, ...metadata } = template?.metadata ?? {};
  return { ...template, metadata: { ...metadata, labels } };
}

/** The ReplicaSet of the Deployment's present template: the oldest, should there be several. */
export const findNewReplicaSet = (deployment: Deployment, replicaSets: readonly ReplicaSet[]): ReplicaSet | undefined =>
  replicaSets.toSorted(byCreation).find((each) => isSameTemplate(each.spec.template, deployment.spec.template));

/** The annotations of the new ReplicaSet: the Deployment's own, and its revision; a revision that comes again leaves its history. */
export function newReplicaSetAnnotations(deployment: Deployment, current: Annotations, revision: bigint): Annotations {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key));
  const annotations: Record<string, string> = { ...current, ...Object.fromEntries(copied) };
  const before = current[REVISION];
  if (parseRevision(before) >= revision) return annotations;
  annotations[REVISION] = String(revision);
  if (before !== undefined) {
    const history = current[REVISION_HISTORY];
    annotations[REVISION_HISTORY] = history === undefined || history === '' ? before : `${history},${before}`;
  }
  return annotations;
}
