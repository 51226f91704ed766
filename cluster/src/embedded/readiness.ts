import { DEPLOYMENTS, PODS, type Deployment, type KubeClient, type Pod } from '@kubarium/shared';

/** What is not as it should be once a cluster has come up: each Deployment short of its replicas, each pod that is neither Ready nor done. */
export async function whatIsNotReady(client: KubeClient): Promise<string[]> {
  const [deployments, pods] = await Promise.all([client.list(DEPLOYMENTS), client.list(PODS)]);
  return [
    ...deployments.items.filter((one) => !isAvailable(one)).map((one) => nameOf('deployment', one)),
    ...pods.items.filter((one) => !isReadyOrDone(one)).map((one) => nameOf('pod', one)),
  ];
}

const nameOf = (kind: string, { metadata }: Deployment | Pod): string =>
  `${kind} ${metadata.namespace}/${metadata.name}`;

function isAvailable({ metadata, spec, status }: Deployment): boolean {
  const { replicas = 1 } = spec;
  return (
    status.observedGeneration === metadata.generation &&
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas
  );
}

export const isReadyOrDone = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.phase === 'Succeeded' ||
    (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True'));
