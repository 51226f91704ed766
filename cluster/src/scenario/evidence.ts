import {
  EVENTS,
  inOrderOfTime,
  isNotFound,
  lastSeenMs,
  PODS,
  REPLICA_SETS,
  type ApiObject,
  type Event,
  type KubeClient,
  type Pod,
} from '@kubarium/shared';
import { isReadyOrDone } from '../embedded/readiness.ts';
import { formatDuration } from './format-duration.ts';
import type { Named } from './operations/operation-context.ts';
import type { Evidence } from './scenario-result.ts';
import type { ScenarioTarget } from './target.ts';

const MOST_EVENTS = 12;
const MOST_PODS = 3;
const LOG_LINES = 10;

/** The recent events and log lines of objects and of the pods that belong to them; `sinceMs` is when the scenario began. */
export async function evidenceOf(
  objects: readonly Named[],
  target: ScenarioTarget,
  sinceMs: number,
): Promise<Evidence> {
  const names = new Set<string>();
  const pods = new Map<string, Pod>();
  for (const object of objects) {
    if (object.name !== undefined) names.add(`${object.resource.kind}/${object.namespace ?? ''}/${object.name}`);
    for (const { kind, object: one } of await belongings(object, target.client)) {
      names.add(`${kind}/${one.metadata.namespace ?? ''}/${one.metadata.name}`);
      if (kind === 'Pod') pods.set(one.metadata.uid, one as Pod);
    }
  }
  const namespaces = new Set(objects.map(({ namespace }) => namespace));
  const events: Event[] = [];
  for (const namespace of namespaces.has(undefined) ? [undefined] : namespaces) {
    const { items } = await target.client.list(EVENTS, { namespace });
    events.push(
      ...items.filter(({ involvedObject: { kind, namespace: of, name } }) => names.has(`${kind}/${of ?? ''}/${name}`)),
    );
  }
  const recent = inOrderOfTime(events).slice(-MOST_EVENTS);
  // Those in trouble have more to say.
  const telling = [...pods.values()]
    .sort((a, b) => Number(isReadyOrDone(a)) - Number(isReadyOrDone(b)))
    .slice(0, MOST_PODS);
  return { events: recent.map((event) => describeEvent(event, sinceMs)), logs: await logsOf(telling, target) };
}

interface Belonging {
  readonly kind: string;
  readonly object: ApiObject;
}

/** What an object owns, over ReplicaSets too, and the pods that a Service selects; without a name, all pods of the namespace. */
async function belongings({ resource, namespace, name }: Named, client: KubeClient): Promise<readonly Belonging[]> {
  const pods = (await client.list(PODS, { namespace })).items.map((object): Belonging => ({ kind: 'Pod', object }));
  if (name === undefined) return resource.kind === 'Pod' ? pods : [];
  if (resource.kind === 'Pod') return pods.filter(({ object }) => object.metadata.name === name);
  if (resource.kind === 'Namespace') return pods.filter(({ object }) => object.metadata.namespace === name);
  if (resource.kind === 'Node') return pods.filter(({ object }) => (object as Pod).spec.nodeName === name);
  let owner: ApiObject;
  try {
    owner = await client.get(resource, { namespace, name });
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
  if (resource.kind === 'Service') {
    const { selector = {} } = (owner as unknown as { spec: { selector?: Readonly<Record<string, string>> } }).spec;
    const wanted = Object.entries(selector);
    const selected = ({ object }: Belonging): boolean =>
      wanted.length > 0 && wanted.every(([key, value]) => object.metadata.labels?.[key] === value);
    return pods.filter(selected);
  }
  const replicaSets = (await client.list(REPLICA_SETS, { namespace })).items;
  const all = [...replicaSets.map((object): Belonging => ({ kind: 'ReplicaSet', object })), ...pods];
  const uids = new Set([owner.metadata.uid]);
  // ReplicaSets stand before pods: one pass finds both.
  return all.filter(({ object }) => {
    const owned = object.metadata.ownerReferences?.some(({ uid }) => uids.has(uid)) === true;
    if (owned) uids.add(object.metadata.uid);
    return owned;
  });
}

/** An event as one line; `sinceMs` is when the scenario began. */
export function describeEvent(event: Event, sinceMs: number): string {
  const { type, reason, message, series, involvedObject } = event;
  const count = series?.count ?? event.count;
  const after = formatDuration(Math.max(0, Math.round((lastSeenMs(event) - sinceMs) / 1000) * 1000));
  const times = count !== undefined && count > 1 ? ` (${count} times)` : '';
  return `+${after}  ${type} ${reason}  ${involvedObject.kind?.toLowerCase()}/${involvedObject.name}: ${message}${times}`;
}

async function logsOf(pods: readonly Pod[], target: ScenarioTarget): Promise<Evidence['logs']> {
  const logs: { of: string; lines: string[] }[] = [];
  for (const pod of pods) {
    for (const { name } of pod.spec.containers) {
      const text = await target.logs(pod, name, LOG_LINES);
      const lines = text?.trimEnd().split('\n') ?? [];
      if (lines.some((line) => line !== '')) logs.push({ of: `pod/${pod.metadata.name} ${name}`, lines });
    }
  }
  return logs;
}
