import { fillIn, type Bindings } from '../expression.ts';
import { formatDuration } from '../format-duration.ts';
import type { ExecOperation, Output, PodPlace, ScriptOperation } from '../scenario.ts';
import type { CommandResult } from '../target.ts';
import { check, failOn, outputsOf, textProblems } from './expectations.ts';
import {
  OperationFailure,
  simulatorOf,
  type OperationContext,
  type Outcome,
  type RunOperation,
} from './operation-context.ts';
import { containerPlace } from './pod-place.ts';

/** Runs a command in a container and lets time pass until it has ended, at most `timeoutMs`. */
export async function runCommand(
  place: PodPlace,
  command: readonly string[],
  timeoutMs: number,
  context: OperationContext,
): Promise<CommandResult> {
  const simulator = simulatorOf(context);
  const { pod, container } = await containerPlace(place, context);
  if (!pod.spec.nodeName || pod.status.phase === 'Pending') {
    throw new OperationFailure(
      `pod ${pod.metadata.name} does not run yet (${pod.status.phase ?? 'Pending'}); wait for it first`,
    );
  }
  return settled(simulator.exec(pod, container, command), command.join(' '), timeoutMs, context);
}

/** Lets time pass until a promise is settled; fails after `timeoutMs`. */
export async function settled<T>(
  promise: Promise<T>,
  what: string,
  timeoutMs: number,
  { target }: OperationContext,
): Promise<T> {
  let isDone = false;
  const done = promise.finally(() => (isDone = true));
  done.catch(() => undefined);
  if (await target.until(() => isDone, timeoutMs)) return done;
  throw new OperationFailure(`${what}: has not ended after ${formatDuration(timeoutMs)}`);
}

export const execOperation: RunOperation<ExecOperation> = async (body, context) => {
  const filled = fillIn(
    { pod: body.pod, namespace: body.namespace, container: body.container, command: body.command },
    context.bindings,
  );
  const { command, ...place } = filled as Pick<ExecOperation, 'command' | 'pod' | 'namespace' | 'container'>;
  const result = await runCommand(place, command, context.timeoutMs('exec', body.timeout), context);
  const { expect, check: tree } = body;
  const wantedCode = expect?.exitCode ?? (tree === undefined ? 0 : undefined);
  failOn(`${command.join(' ')}: not as expected`, [
    ...(wantedCode === undefined || result.exitCode === wantedCode
      ? []
      : ['exit code', `  expected ${wantedCode}`, `  actual   ${result.exitCode}`, ...streams(result)]),
    ...textProblems('stdout', expect?.stdout, result.stdout, context.bindings),
    ...textProblems('stderr', expect?.stderr, result.stderr, context.bindings),
  ]);
  return finished(command.join(' '), result, body.outputs, tree, context);
};

/** A script is given to `sh` in a container: it sees the simulated world only, never this machine. */
export const scriptOperation: RunOperation<ScriptOperation> = async (body, context) => {
  const {
    pod = '',
    namespace,
    container,
    env = [],
  } = fillIn({ ...body, content: '', check: null, outputs: [] }, context.bindings) as ScriptOperation;
  const variables = [{ name: 'NAMESPACE', value: context.namespace }, ...env].map(
    ({ name, value }) => `${name}=${value}`,
  );
  const command = ['env', ...variables, 'sh', '-c', body.content];
  const place = {
    pod,
    ...(namespace === undefined ? {} : { namespace }),
    ...(container === undefined ? {} : { container }),
  };
  const result = await runCommand(place, command, context.timeoutMs('exec', body.timeout), context);
  if (body.check === undefined && result.exitCode !== 0) {
    throw new OperationFailure(`the script ended with exit code ${result.exitCode}`, streams(result));
  }
  return finished('script', result, body.outputs, body.check, context);
};

/** The end of each operation that ran a command: `check` and `outputs` see $stdout, $stderr, $error and $exitCode. */
export function finished(
  what: string,
  result: CommandResult,
  outputs: readonly Output[] | undefined,
  tree: unknown,
  context: OperationContext,
): Outcome {
  const { exitCode, stdout, stderr } = result;
  const error = exitCode === 0 ? null : `exit code ${exitCode}`;
  const bindings: Bindings = {
    ...context.bindings,
    stdout: stdout.replace(/\n$/, ''),
    stderr: stderr.replace(/\n$/, ''),
    exitCode,
    error,
  };
  check(`the end of ${what}`, tree, null, bindings);
  const lines = stdout.replace(/\n$/, '').split('\n');
  const shown = lines.length > 1 ? `${lines[0]} … (${lines.length} lines)` : lines[0]!;
  return {
    says: `${what}: ${exitCode === 0 ? '' : `exit code ${exitCode} `}${shown}`,
    outputs: outputsOf(outputs, null, bindings),
  };
}

/** What a command printed, as lines for a failure. */
const streams = ({ stdout, stderr }: CommandResult): string[] =>
  (['stdout', 'stderr'] as const).flatMap((name) => {
    const text = (name === 'stdout' ? stdout : stderr).trimEnd();
    return text === '' ? [] : text.split('\n').map((line) => `${name}: ${line}`);
  });
