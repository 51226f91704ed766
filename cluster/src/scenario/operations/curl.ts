import { parseDuration } from '@kubarium/shared';
import { fillIn } from '../expression.ts';
import { formatDuration } from '../format-duration.ts';
import type { CurlOperation, PodPlace, StopOperation } from '../scenario.ts';
import { answersProblems, describeAnswers } from './answers.ts';
import { BackgroundRequests } from './background-requests.ts';
import { runCommand } from './command.ts';
import { check, failOn, outputsOf } from './expectations.ts';
import { curlCommand, httpAnswer, type HttpAnswer } from './http-answer.ts';
import {
  OperationFailure,
  simulatorOf,
  type OperationContext,
  type Outcome,
  type RunOperation,
} from './operation-context.ts';
import { runningPlace } from './pod-place.ts';

/** Makes HTTP requests from a container, one after another, or in the background until `stop`. */
export const curlOperation: RunOperation<CurlOperation> = async (body, context) => {
  const { bindings } = context;
  const { pod, namespace, container, url, args } = fillIn(
    { pod: body.pod, namespace: body.namespace, container: body.container, url: body.url, args: body.args ?? [] },
    bindings,
  ) as Required<CurlOperation>;
  const place = { pod, namespace, container };
  const command = curlCommand(url, args);
  if (body.background !== undefined) return startBackground(body, place, command, context);
  const everyMs = body.every === undefined ? 0 : parseDuration(body.every)!;
  const answers: HttpAnswer[] = [];
  for (let number = 0; number < (body.requests ?? 1); number++) {
    if (number > 0 && everyMs > 0) await simulatorOf(context).advance(everyMs);
    answers.push(httpAnswer(await runCommand(place, command, context.timeoutMs('exec', body.timeout), context)));
  }
  const last = answers.at(-1)!;
  const expected = body.expect ?? (body.check === undefined ? {} : { failed: {} });
  failOn(`curl ${url} from ${pod}: not as expected`, answersProblems(expected, answers, bindings));
  const seen = { status: last.status ?? null, body: last.body, pod: last.pod ?? null, error: last.error ?? null };
  const value = { ...seen, answers: answers.map((answer) => ({ ...answer })) };
  const inner = { ...bindings, ...seen };
  check(`the answer of ${url}`, body.check, value, inner);
  return {
    says: `${url}: ${describeAnswers(answers)}`,
    outputs: outputsOf(body.outputs, value, inner),
  } satisfies Outcome;
};

async function startBackground(
  { background = '', every = '', timeout }: CurlOperation,
  place: PodPlace,
  command: readonly string[],
  context: OperationContext,
): Promise<Outcome> {
  if (context.background.has(background)) throw new OperationFailure(`${background} goes on already`);
  const simulator = simulatorOf(context);
  const { pod, container } = await runningPlace(place, context);
  const limit = ['-m', String(context.timeoutMs('exec', timeout) / 1000)];
  const [program = '', ...rest] = command;
  const requests = new BackgroundRequests(async () =>
    httpAnswer(await simulator.exec(pod, container, [program, ...limit, ...rest])),
  );
  context.background.set(background, requests);
  const everyMs = parseDuration(every)!;
  requests.start((next) => simulator.setTimer(everyMs, next));
  return { says: `${background}: ${command.at(-1)} every ${formatDuration(everyMs)} from ${pod.metadata.name}` };
}

/** Ends requests in the background and looks at all answers. */
export const stopOperation: RunOperation<StopOperation> = async (body, context) => {
  const requests = context.background.get(body.background);
  if (requests === undefined) {
    const going = [...context.background.keys()].join(', ') || 'nothing';
    throw new OperationFailure(`nothing called ${body.background} goes on in the background; ${going} does`);
  }
  context.background.delete(body.background);
  requests.stop();
  const timeoutMs = context.timeoutMs('exec', body.timeout);
  if (!(await context.target.until(() => requests.isDone, timeoutMs))) {
    throw new OperationFailure(`a request of ${body.background} has not ended after ${formatDuration(timeoutMs)}`);
  }
  failOn(`${body.background}: not as expected`, answersProblems(body.expect, requests.answers, context.bindings));
  return { says: `${body.background}: ${describeAnswers(requests.answers)}` };
};
