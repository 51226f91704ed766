import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { realClock } from '@kubarium/shared';
import { embeddedTarget } from './embedded-target.ts';
import type { Scenario } from './parse-scenario.ts';
import { RemoteTarget } from './remote-target.ts';
import { runScenario } from './run-scenario.ts';
import { messageOf } from './scenario-error.ts';
import type { OperationResult, ScenarioResult } from './scenario-result.ts';
import type { ScenarioTarget } from './target.ts';

export interface RunScenariosOptions {
  /** Instead of the seed in the file; 1 where there is neither. */
  readonly seed?: number | undefined;
  /** How often each scenario is run with the same seed; all runs must be alike. */
  readonly runs?: number | undefined;
  /** A kubeconfig: the scenarios run on its cluster, without what only a simulator can do. */
  readonly against?: string | undefined;
  /** How many scenarios run at a time; on a real cluster one by default. */
  readonly parallel?: number | undefined;
  /** Writes the snapshots of transcripts instead of comparing with them. */
  readonly update?: boolean | undefined;
  /** Ends all: scenarios that run fail, those that have not begun are skipped. */
  readonly signal?: AbortSignal | undefined;
  readonly onStart?: ((scenario: Scenario) => void) | undefined;
  readonly onOperation?: ((scenario: Scenario, result: OperationResult) => void) | undefined;
  /** Told of each further run of a scenario that was like the first. */
  readonly onRun?: ((scenario: Scenario, run: number) => void) | undefined;
  readonly onEnd?: ((result: ScenarioResult) => void) | undefined;
}

/** Scenarios of one process share its one thread: more at a time only make each take longer. */
const PARALLEL = 4;

/** Runs scenarios, each on a cluster of its own; resolves with their results in the scenarios' order. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  options: RunScenariosOptions = {},
): Promise<readonly ScenarioResult[]> {
  const results = Array.from<ScenarioResult>({ length: scenarios.length });
  const { parallel = options.against === undefined ? PARALLEL : 1 } = options;
  const runAll = async (indexes: readonly number[], atATime: number): Promise<void> => {
    const left = indexes[Symbol.iterator]();
    const work = async (): Promise<void> => {
      for (const index of left) {
        const scenario = scenarios[index]!;
        if (options.signal?.aborted === true) {
          results[index] = notRun(scenario, options);
          continue;
        }
        options.onStart?.(scenario);
        const result = await runAsOften(scenario, index + 1, options);
        results[index] = result;
        options.onEnd?.(result);
      }
    };
    await Promise.all(Array.from({ length: Math.min(atATime, indexes.length) }, work));
  };
  const [together, alone] = [true, false].map((isConcurrent) =>
    [...scenarios.keys()].filter((index) => (scenarios[index]!.spec.concurrent ?? true) === isConcurrent),
  );
  await runAll(together!, parallel);
  await runAll(alone!, 1);
  return results;
}

async function runAsOften(scenario: Scenario, id: number, options: RunScenariosOptions): Promise<ScenarioResult> {
  const { runs = 1 } = options;
  const first = await runOnce(scenario, id, options);
  if (first.status !== 'passed' || options.against !== undefined) return first;
  let { wallMs } = first;
  for (let run = 2; run <= runs; run++) {
    const other = await runOnce(scenario, id, { ...options, onOperation: undefined });
    wallMs += other.wallMs;
    if (options.signal?.aborted === true)
      return differs(
        { ...first, runs: run - 1, wallMs },
        [],
        `interrupted after ${run - 1} of ${runs} runs, all alike`,
      );
    if (other.digest !== first.digest)
      return differs({ ...other, runs: run, wallMs }, first.transcript, `run ${run} differs from run 1`);
    options.onRun?.(scenario, run);
  }
  const result = { ...first, runs, wallMs };
  return scenario.spec.snapshot === true ? compareSnapshot(scenario, result, options) : result;
}

/** A scenario that nothing is done of. */
const notRun = ({ file, name, spec }: Scenario, { against, seed }: RunScenariosOptions): ScenarioResult => ({
  file,
  name,
  status: 'skipped',
  seed: against === undefined ? (seed ?? spec.cluster?.seed ?? 1) : undefined,
  operations: [],
  failure: undefined,
  runs: 1,
  wallMs: 0,
  clusterMs: 0,
  transcript: [],
  digest: undefined,
});

async function runOnce(scenario: Scenario, id: number, options: RunScenariosOptions): Promise<ScenarioResult> {
  const nothing = notRun(scenario, options);
  const { seed } = nothing;
  if (scenario.spec.skip === true) return nothing;
  const wallStart = realClock.now();
  try {
    await using target = await targetOf(scenario, options.against, seed ?? 0);
    const onOperation = (result: OperationResult): void => options.onOperation?.(scenario, result);
    const result = await runScenario(scenario, target, { seed, id, signal: options.signal, onOperation });
    return { ...result, wallMs: realClock.now() - wallStart };
  } catch (error) {
    const message = `the cluster could not be had: ${messageOf(error)}`;
    const failure = { message, details: [], evidence: undefined };
    return { ...nothing, status: 'failed', failure, wallMs: realClock.now() - wallStart };
  }
}

async function targetOf({ spec }: Scenario, against: string | undefined, seed: number): Promise<ScenarioTarget> {
  if (against !== undefined) return new RemoteTarget(against);
  const operations = spec.steps.flatMap((step) => [
    ...step.try,
    ...(step.catch ?? []),
    ...(step.finally ?? []),
    ...(step.cleanup ?? []),
  ]);
  const durable = operations.some(({ crash, restart }) => (crash ?? restart)?.kubarium === true);
  return embeddedTarget({ nodes: spec.cluster?.nodes, seed, durable });
}

/**
 * Where the snapshot of a scenario lies: `lesson.snap` beside `lesson.yaml`, `lesson.OTHER.snap` for one of another name in it, as far as
 * that may stand in the name of a file.
 */
function snapshotFile({ file, name }: Scenario): string {
  const base = basename(file, extname(file));
  return join(dirname(file), base === name ? `${base}.snap` : `${base}.${name.replaceAll(/[^\w.-]+/g, '-')}.snap`);
}

function compareSnapshot(scenario: Scenario, result: ScenarioResult, options: RunScenariosOptions): ScenarioResult {
  // Another seed has other names, addresses and choices.
  if (result.seed !== (scenario.spec.cluster?.seed ?? 1)) return result;
  const file = snapshotFile(scenario);
  const text = `${result.transcript.join('\n')}\n`;
  if (options.update === true) {
    try {
      writeFileSync(file, text);
      return result;
    } catch (error) {
      return differs(result, [], `cannot write the snapshot: ${messageOf(error)}`);
    }
  }
  if (!existsSync(file)) return differs(result, [], `there is no snapshot ${file}; write it with --update`);
  const before = readFileSync(file, 'utf8');
  return before === text
    ? result
    : differs(result, before.trimEnd().split('\n'), `the transcript differs from ${file} (--update takes the new one)`);
}

/** A failure with the first lines in which two transcripts differ. */
function differs(result: ScenarioResult, expected: readonly string[], message: string): ScenarioResult {
  const at = expected.findIndex((line, index) => line !== result.transcript[index]);
  const line = at === -1 ? expected.length : at;
  const details =
    expected.length === 0
      ? []
      : line >= expected.length && line >= result.transcript.length
        ? ['the transcripts are alike: objects in the cluster differ']
        : [
            `line ${line + 1}`,
            `  expected ${expected[line] ?? 'the end'}`,
            `  actual   ${result.transcript[line] ?? 'the end'}`,
          ];
  return { ...result, status: 'failed', failure: { message, details, evidence: undefined } };
}
