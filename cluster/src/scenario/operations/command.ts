import { fillIn, type Bindings } from '../expression.ts';
import { formatDuration } from '../format-duration.ts';
import type { CommandOperation, ExecOperation, Output, PodPlace, ScriptOperation } from '../scenario.ts';
import type { CommandResult } from '../target.ts';
import { check, failOn, outputsOf, textProblems } from './expectations.ts';
import {
  OperationFailure,
  simulatorOf,
  type OperationContext,
  type Outcome,
  type RunOperation,
} from './operation-context.ts';
import { runningPlace } from './pod-place.ts';

/** Runs a command in a container and lets time pass until it has ended, at most `timeoutMs`. */
export async function runCommand(
  place: PodPlace,
  command: readonly string[],
  timeoutMs: number,
  context: OperationContext,
  what: string = command.join(' '),
): Promise<CommandResult> {
  const simulator = simulatorOf(context);
  const { pod, container } = await runningPlace(place, context);
  return settled(simulator.exec(pod, container, command), what, timeoutMs, context);
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
export const scriptOperation: RunOperation<ScriptOperation> = (body, context) =>
  runInPod('script', body, () => ['sh', '-c', body.content], context);

/** A program with arguments, in a container as well. `$NAME` and `${NAME}` of its `env` are filled in. */
export const commandOperation: RunOperation<CommandOperation> = (body, context) =>
  runInPod(
    'command',
    body,
    ({ entrypoint, args = [] }, env) => [
      entrypoint,
      ...args.map((one) =>
        one.replace(/\$(?:(\w+)|\{(\w+)\})/g, (text, a: string, b: string) => env.get(a ?? b) ?? text),
      ),
    ],
    context,
  );

async function runInPod<Body extends ScriptOperation | CommandOperation>(
  what: 'script' | 'command',
  body: Body,
  argv: (filled: Body, env: ReadonlyMap<string, string>) => readonly string[],
  context: OperationContext,
): Promise<Outcome> {
  const filled = fillIn({ ...body, content: '', check: null, outputs: [] }, context.bindings) as Body;
  const { pod = '', namespace, container } = filled;
  const env = new Map([
    ['NAMESPACE', context.namespace],
    ...(filled.env ?? []).map(({ name, value }) => [name, value] as const),
  ]);
  const command = ['env', ...[...env].map(([name, value]) => `${name}=${value}`), ...argv(filled, env)];
  const timeoutMs = context.timeoutMs('exec', body.timeout);
  const result = await runCommand({ pod, namespace, container }, command, timeoutMs, context, `the ${what}`);
  if (body.check === undefined && result.exitCode !== 0) {
    throw new OperationFailure(`the ${what} ended with exit code ${result.exitCode}`, streams(result));
  }
  const outcome = finished(what, result, body.outputs, body.check, context);
  return body.skipLogOutput === true ? { ...outcome, says: what } : outcome;
}

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
