import { isNotFound, PODS, type LabelSelector, type Pod } from '@kubarium/shared';
import { isReadyOrDone } from '../../embedded/readiness.ts';
import type { PodPlace } from '../scenario.ts';
import { labelsText } from './delete.ts';
import { OperationFailure, simulatorOf, type OperationContext } from './operation-context.ts';
import { resourceOf } from './manifests.ts';

export interface ContainerPlace {
  readonly pod: Pod;
  readonly container: string;
}

const KINDS: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  deployment: ['apps/v1', 'Deployment'],
  replicaset: ['apps/v1', 'ReplicaSet'],
  statefulset: ['apps/v1', 'StatefulSet'],
  daemonset: ['apps/v1', 'DaemonSet'],
  job: ['batch/v1', 'Job'],
  service: ['v1', 'Service'],
};

/**
 * The pod and container that an operation names: `frontend`, `deployment/backend` (its first ready pod by name) or `app=backend`
 * (likewise), and by default the pod's first container.
 */
export async function containerPlace(
  { pod: named, namespace = '', container }: PodPlace,
  context: OperationContext,
): Promise<ContainerPlace> {
  const pod = await findPod(named, namespace || context.namespace, context);
  context.concerns({ resource: PODS, namespace: pod.metadata.namespace, name: pod.metadata.name });
  const known = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(({ name }) => name);
  const chosen = container ?? known[0]!;
  if (!known.includes(chosen)) {
    throw new OperationFailure(`pod ${pod.metadata.name} has no container ${chosen}; it has ${known.join(', ')}`);
  }
  return { pod, container: chosen };
}

/** The same, of a pod in which something can be done: it runs, and so does its node. */
export async function runningPlace(place: PodPlace, context: OperationContext): Promise<ContainerPlace> {
  const found = await containerPlace(place, context);
  const { metadata, spec, status } = found.pod;
  const node = spec.nodeName ?? '';
  if (node === '' || status.phase === 'Pending') {
    throw new OperationFailure(
      `pod ${metadata.name} does not run yet (${status.phase ?? 'Pending'}); wait for it first`,
    );
  }
  if (!simulatorOf(context).isOn(node))
    throw new OperationFailure(`pod ${metadata.name} is on ${node}, which is switched off; restart the node first`);
  return found;
}

async function findPod(named: string, namespace: string, context: OperationContext): Promise<Pod> {
  const { client } = context.target;
  if (!named.includes('/') && !named.includes('=')) {
    context.concerns({ resource: PODS, namespace, name: named });
    try {
      return await client.get(PODS, { namespace, name: named });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw new OperationFailure(`there is no pod ${namespace}/${named}`);
    }
  }
  const labelSelector = named.includes('=') ? named : await selectorOf(named, namespace, context);
  const { items } = await client.list(PODS, { namespace, labelSelector });
  const pod = items.find(isReadyOrDone);
  if (pod !== undefined) return pod;
  throw new OperationFailure(
    items.length === 0
      ? `${named} has no pods in ${namespace}`
      : `none of the ${items.length} pods of ${named} is ready; wait for one first`,
  );
}

async function selectorOf(named: string, namespace: string, context: OperationContext): Promise<string> {
  const [kindName = '', name = ''] = named.split('/');
  const known = KINDS[kindName.toLowerCase()];
  if (known === undefined) {
    throw new OperationFailure(
      `no pods are known of ${kindName}; name a pod, a label (app=backend), or one of ${Object.keys(KINDS).join(', ')}`,
    );
  }
  const resource = await resourceOf(...known, context);
  context.concerns({ resource, namespace, name });
  const { spec } = (await context.target.client.get(resource, { namespace, name })) as unknown as {
    spec: { selector?: LabelSelector | Record<string, string> };
  };
  const selector = spec.selector ?? {};
  return labelsText(
    (known[1] === 'Service' ? selector : ((selector as LabelSelector).matchLabels ?? {})) as Record<string, string>,
  );
}
