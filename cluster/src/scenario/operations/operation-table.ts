import type { OperationName, Operations } from '../scenario.ts';
import { assertOperation, errorOperation } from './assert.ts';
import { commandOperation, execOperation, scriptOperation } from './command.ts';
import { curlOperation, stopOperation } from './curl.ts';
import { deleteOperation } from './delete.ts';
import { digOperation } from './dig.ts';
import { disturbOperation } from './disturb.ts';
import type { RunOperation } from './operation-context.ts';
import { describeOperation, eventsOperation, getOperation, podLogsOperation } from './show.ts';
import { advanceOperation, settleOperation, sleepOperation } from './time.ts';
import { traceOperation } from './trace.ts';
import { waitOperation } from './wait.ts';
import { writeOperation } from './write.ts';

export interface OperationRow<Body> {
  readonly run: RunOperation<Body>;
  /** True where only a simulated cluster can do it: such operations are passed over on a real one. */
  readonly simulated: boolean;
}

const anywhere = <Body>(run: RunOperation<Body>): OperationRow<Body> => ({ run, simulated: false });
const simulated = <Body>(run: RunOperation<Body>): OperationRow<Body> => ({ run, simulated: true });

/** Every operation of a scenario. */
export const OPERATIONS: { readonly [Name in OperationName]: OperationRow<Operations[Name]> } = {
  apply: anywhere(writeOperation('apply')),
  create: anywhere(writeOperation('create')),
  update: anywhere(writeOperation('update')),
  patch: anywhere(writeOperation('patch')),
  delete: anywhere(deleteOperation),
  assert: anywhere(assertOperation),
  error: anywhere(errorOperation),
  wait: anywhere(waitOperation),
  sleep: anywhere(sleepOperation),
  get: anywhere(getOperation),
  describe: anywhere(describeOperation),
  events: anywhere(eventsOperation),
  podLogs: anywhere(podLogsOperation),
  script: simulated(scriptOperation),
  command: simulated(commandOperation),
  settle: simulated(settleOperation),
  advance: simulated(advanceOperation),
  exec: simulated(execOperation),
  curl: simulated(curlOperation),
  stop: simulated(stopOperation),
  dig: simulated(digOperation),
  trace: simulated(traceOperation),
  crash: simulated(disturbOperation('crash')),
  restart: simulated(disturbOperation('restart')),
};
