import { fillIn } from '../expression.ts';
import type { DigOperation } from '../scenario.ts';
import { finished, runCommand } from './command.ts';
import { countProblems, failOn } from './expectations.ts';
import { OperationFailure, type RunOperation } from './operation-context.ts';

/** Asks the DNS that a pod uses, with its `dig`. */
export const digOperation: RunOperation<DigOperation> = async (body, context) => {
  const { expect, check, outputs, timeout, ...rest } = body;
  const filled = fillIn(rest, context.bindings) as DigOperation;
  const question = filled.type === 'PTR' ? ['-x', filled.name] : [filled.name, filled.type ?? 'A'];
  // A name is asked for as it stands, unless `search` takes the pod's search list through; a relative name is searched for.
  const search = filled.search ?? !filled.name.includes('.');
  const command = ['dig', ...question, search ? '+search' : '+nosearch', '+noall', '+comments', '+answer'];
  const result = await runCommand(filled, command, context.timeoutMs('exec', timeout), context);
  const status = /status: (\w+)/.exec(result.stdout)?.[1];
  if (status === undefined && check === undefined) {
    throw new OperationFailure(`dig ${filled.name}: no answer`, result.stdout.trim().split('\n'));
  }
  const answers = answersOf(result.stdout);
  const wanted = fillIn(expect?.answers, context.bindings) as readonly string[] | undefined;
  const wantedStatus = expect?.status ?? (check === undefined ? 'NOERROR' : status);
  failOn(`dig ${filled.name}: not as expected`, [
    ...(status === wantedStatus ? [] : ['status', `  expected ${wantedStatus}`, `  actual   ${status}`]),
    ...countProblems('answers', expect?.count, answers.length),
    ...(wanted === undefined || sorted(wanted) === sorted(answers)
      ? []
      : ['answers', `  expected ${sorted(wanted)}`, `  actual   ${sorted(answers)}`]),
  ]);
  const outcome = finished(`dig ${filled.name}`, { ...result, stdout: answers.join('\n') }, outputs, check, context);
  return { ...outcome, says: `${filled.name} ${filled.type ?? 'A'}: ${status} ${sorted(answers)}` };
};

/** The data of the answer section's records: its lines are those that are no comments. */
const answersOf = (output: string): string[] =>
  output
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(';'))
    .map((line) => line.split(/\s+/).slice(4).join(' '));

const sorted = (texts: readonly string[]): string => [...texts].sort().join(', ') || 'none';
