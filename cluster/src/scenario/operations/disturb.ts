import { fillIn } from '../expression.ts';
import { formatDuration } from '../format-duration.ts';
import type { DisturbOperation } from '../scenario.ts';
import { deleteAndWait } from './delete.ts';
import { OperationFailure, simulatorOf, type OperationContext, type RunOperation } from './operation-context.ts';
import { containerPlace, runningPlace } from './pod-place.ts';
import { NODES, PODS } from '@kubarium/shared';

/**
 * Ends something without warning (`crash`), or in good order and starts it again (`restart`):
 *
 * |           | crash                                             | restart                                                  |
 * |-----------|---------------------------------------------------|----------------------------------------------------------|
 * | container | SIGKILL for its first process                     | SIGTERM for it                                           |
 * | pod       | the same for each of its containers               | deleted; whoever owns it makes another                   |
 * | node      | a power cut; `restart` boots it                   | reboots: its pods start anew                             |
 * | kubarium  | `kill -9` for all of it, then started again       | stopped in good order, then started again                |
 */
export const disturbOperation =
  (how: 'crash' | 'restart'): RunOperation<DisturbOperation> =>
  async (unfilled, context) => {
    const body = fillIn(unfilled, context.bindings) as DisturbOperation;
    const simulator = simulatorOf(context);
    if (body.kubarium !== undefined) {
      await simulator[how]();
      return { says: 'kubarium' };
    }
    if (body.node !== undefined) {
      context.concerns({ resource: NODES, namespace: undefined, name: body.node });
      await (how === 'crash' ? simulator.crashNode(body.node) : simulator.restartNode(body.node));
      return { says: `node ${body.node}` };
    }
    return { says: await disturbPod(how, body, body.pod!, context) };
  };

async function disturbPod(
  how: 'crash' | 'restart',
  body: DisturbOperation,
  named: string,
  context: OperationContext,
): Promise<string> {
  const isDeleted = how === 'restart' && body.container === undefined;
  const { pod, container } = await (isDeleted ? containerPlace : runningPlace)({ ...body, pod: named }, context);
  const { namespace, name } = pod.metadata;
  if (isDeleted) {
    await deleteAndWait(
      { resource: PODS, namespace, name },
      'Background',
      context.timeoutMs('delete', undefined),
      context,
    );
    return `pod ${name} deleted`;
  }
  const containers = body.container === undefined ? pod.spec.containers.map((one) => one.name) : [container];
  for (const one of containers) await end(pod, one, how === 'crash' ? 'SIGKILL' : 'SIGTERM', context);
  return `${containers.map((one) => `container ${one}`).join(', ')} of pod ${name}`;
}

const END_MS = 60_000;

/** Sends a signal to the first process and lets time pass until it has ended. */
async function end(
  pod: { metadata: { namespace?: string | undefined; name: string } },
  container: string,
  signal: string,
  context: OperationContext,
): Promise<void> {
  const { client } = context.target;
  const { namespace, name } = pod.metadata;
  const current = await client.get(PODS, { namespace, name });
  const idOf = (statuses: typeof current.status.containerStatuses): string | undefined =>
    statuses?.find((status) => status.name === container && status.state?.running !== undefined)?.containerID;
  const before = idOf(current.status.containerStatuses);
  if (before === undefined) throw new OperationFailure(`container ${container} of pod ${name} does not run`);
  // The shell that sends the signal dies with its container.
  const killed = simulatorOf(context)
    .exec(current, container, ['kill', `-${signal}`, '1'])
    .catch(() => undefined);
  const hasEnded = async (): Promise<boolean> =>
    idOf((await client.get(PODS, { namespace, name })).status.containerStatuses) !== before;
  if (!(await context.target.until(hasEnded, END_MS))) {
    throw new OperationFailure(
      `container ${container} of pod ${name} goes on ${formatDuration(END_MS)} after ${signal}`,
    );
  }
  await killed;
}
