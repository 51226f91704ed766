import { apiVersionOf, EVENTS, inOrderOfTime, PODS, type ApiObject, type Pod, type Resource } from '@kubarium/shared';
import { stringify } from 'yaml';
import { describeEvent } from '../evidence.ts';
import { fillIn } from '../expression.ts';
import type { DescribeOperation, EventsOperation, GetOperation, PodLogsOperation } from '../scenario.ts';
import { chosenObjects } from './chosen-objects.ts';
import { describeObject, OperationFailure, type Named, type Outcome, type RunOperation } from './operation-context.ts';

/** Shows objects, whole. */
export const getOperation: RunOperation<GetOperation> = async (unfilled, context) => {
  const { format = 'yaml', ...choice } = fillIn(unfilled, context.bindings) as GetOperation;
  const { meant, find } = await chosenObjects(choice, context);
  return shown(meant, await found(meant, find), (object) => textLines(object, format));
};

/** Shows objects and the events that tell of them. */
export const describeOperation: RunOperation<DescribeOperation> = async (unfilled, context) => {
  const { showEvents = true, ...choice } = fillIn(unfilled, context.bindings) as DescribeOperation;
  const { meant, find } = await chosenObjects(choice, context);
  const events = showEvents ? (await context.target.client.list(EVENTS, { namespace: meant.namespace })).items : [];
  return shown(meant, await found(meant, find), (object) => {
    const { uid } = object.metadata;
    const about = inOrderOfTime(events.filter(({ involvedObject }) => involvedObject.uid === uid));
    const lines = about.length === 0 ? ['  none'] : about.map((event) => `  ${describeEvent(event, context.startMs)}`);
    return [...textLines(object, 'yaml'), ...(showEvents ? ['events:', ...lines] : [])];
  });
};

/** Shows events, oldest first: all of a namespace, or those with a name or about an object of that name. */
export const eventsOperation: RunOperation<EventsOperation> = async (unfilled, context) => {
  const {
    name,
    namespace = context.namespace,
    selector,
    format,
  } = fillIn(unfilled, context.bindings) as EventsOperation;
  const of = namespace === '*' ? undefined : namespace;
  const { items } = await context.target.client.list(EVENTS, { namespace: of, labelSelector: selector });
  const events = inOrderOfTime(items).filter(
    ({ metadata, involvedObject }) => name === undefined || metadata.name === name || involvedObject.name === name,
  );
  const lines = (event: (typeof events)[number]): readonly string[] =>
    format === undefined ? [describeEvent(event, context.startMs)] : textLines(typed(event, EVENTS), format);
  return { says: counted(events.length, 'event'), shows: events.flatMap(lines) };
};

/** Shows what the containers of pods have written. */
export const podLogsOperation: RunOperation<PodLogsOperation> = async (unfilled, context) => {
  const { container, tail = -1, ...choice } = fillIn(unfilled, context.bindings) as PodLogsOperation;
  const { meant, find } = await chosenObjects({ ...choice, apiVersion: 'v1', kind: PODS.kind }, context);
  const pods = (await found(meant, find)) as readonly Pod[];
  const shows: string[] = [];
  for (const pod of pods) {
    const names = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((one) => one.name);
    if (container !== undefined && !names.includes(container))
      throw new OperationFailure(`pod ${pod.metadata.name} has no container ${container}; it has ${names.join(', ')}`);
    for (const name of container === undefined ? names : [container]) {
      const text = await context.target.logs(pod, name, tail < 0 ? undefined : tail);
      shows.push(
        `pod/${pod.metadata.name} ${name}:`,
        ...(text ?? '')
          .trimEnd()
          .split('\n')
          .map((line) => `  ${line}`),
      );
    }
  }
  return { says: `logs of ${counted(pods.length, 'pod')}`, shows };
};

/** One that is asked for by name must be there. */
async function found(meant: Named, find: () => Promise<readonly ApiObject[]>): Promise<readonly ApiObject[]> {
  const objects = await find();
  if (meant.name !== undefined && objects.length === 0)
    throw new OperationFailure(`there is no ${describeObject(meant)}`);
  return objects;
}

const shown = (
  meant: Named,
  objects: readonly ApiObject[],
  lines: (object: ApiObject) => readonly string[],
): Outcome => ({
  says: meant.name === undefined ? counted(objects.length, meant.resource.kind.toLowerCase()) : describeObject(meant),
  shows: objects.flatMap((object, index) => [...(index === 0 ? [] : ['---']), ...lines(typed(object, meant.resource))]),
});

/** The items of a list do not say what they are. */
const typed = (object: ApiObject, resource: Resource): ApiObject => ({
  ...object,
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
});

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** An object as people read it: what it is first, and not who manages which of its fields. */
function textLines(object: ApiObject, format: 'yaml' | 'json'): string[] {
  const { apiVersion, kind, metadata, ...rest } = object;
  const { managedFields: _, ...known } = metadata;
  const whole = { apiVersion, kind, metadata: known, ...rest };
  return (format === 'json' ? JSON.stringify(whole, undefined, 2) : stringify(whole)).trimEnd().split('\n');
}
