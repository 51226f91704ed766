import { accessSync, constants as access, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, resolve } from 'node:path';
import {
  findScenarios,
  jsonReport,
  junitReport,
  NoScenarioError,
  runScenarios,
  type Scenario,
  type ScenarioResult,
} from '@kubarium/cluster';
import { loadKubeconfig, realClock } from '@kubarium/shared';
import { Command, Option } from 'commander';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../options.ts';
import { scenarioLines, summaryLine } from '../output/scenario-lines.ts';
import { UsageError } from '../usage-error.ts';

interface TestOptions {
  readonly seed?: number;
  readonly runs: number;
  readonly parallel?: number;
  readonly update?: true;
  readonly against?: string;
  readonly junit?: string;
  readonly output: 'text' | 'json';
  readonly verbose?: true;
}

/** `kubarium test`: runs scenario files, each on a fresh cluster of its own. */
export const testCommand = (): Command =>
  new Command('test')
    .description('run scenario files, each on a fresh cluster in virtual time')
    .argument('<paths...>', 'scenario files, or folders with some')
    .option('--seed <number>', 'seed of all simulated chance, instead of that in the file', wholeNumber(0, 0xffff_ffff))
    .option('--runs <count>', 'run each so often with the same seed, and compare', wholeNumber(1, 1_000_000), 1)
    .option('--parallel <count>', 'how many run at a time', wholeNumber(1, 1_000))
    .addOption(new Option('--update', 'write the snapshots of transcripts anew').conflicts('seed'))
    .addOption(
      new Option('--against <kubeconfig>', 'run on this cluster, without what only a simulator can do').conflicts([
        'seed',
        'runs',
        'update',
      ]),
    )
    .option('--junit <file>', 'write a JUnit report to this file')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .option('-v, --verbose', 'print each operation as it ends')
    .action(async (paths: string[], options: TestOptions) => {
      const scenarios = scenariosOf(paths);
      if (options.junit !== undefined) checkReport(options.junit);
      if (options.against !== undefined) checkKubeconfig(options.against);
      const again = (result: ScenarioResult): string => repeatCommand(result, options);
      const started = realClock.now();
      const isText = options.output === 'text';
      const print = (lines: readonly string[]): void => void (isText && process.stdout.write(`${lines.join('\n')}\n`));
      const progress = new Progress(isText && process.stdout.isTTY, scenarios.length);
      const interrupting = new AbortController();
      void interruption().then((signal) => interrupting.abort(signal));
      const results = await runScenarios(scenarios, {
        ...options,
        signal: interrupting.signal,
        onStart: (scenario) => progress.begin(scenario),
        onOperation: (scenario, { step, operation, status, says, shows }) => {
          if (options.verbose !== true) return;
          const done = `${operation} ${status === 'passed' ? '' : `${status}: `}${says}`;
          print([`  ${scenario.name}: ${step}: ${done}`, ...shows.map((line) => `    ${line}`)]);
        },
        onRun: (scenario, run) => progress.ran(scenario, run, options.runs),
        onEnd: (result) => {
          progress.end(result);
          print(scenarioLines(result, again(result)));
          progress.show();
        },
      });
      progress.clear();
      const { aborted, reason } = interrupting.signal;
      const summary = summaryLine(results, realClock.now() - started);
      if (isText) print(['', aborted ? `${summary}, interrupted` : summary]);
      else process.stdout.write(jsonReport(results, again));
      if (options.junit !== undefined) writeFileSync(options.junit, junitReport(results, again));
      if (aborted) process.exitCode = 128 + constants.signals[reason as 'SIGINT' | 'SIGTERM'];
      else if (results.some(({ status }) => status === 'failed')) process.exitCode = 1;
    });

function scenariosOf(paths: readonly string[]): readonly Scenario[] {
  try {
    return findScenarios(paths);
  } catch (error) {
    if (error instanceof NoScenarioError)
      throw new UsageError(error.message, 'name scenario files, or folders with some');
    if (error instanceof AggregateError)
      throw new UsageError(
        `there are mistakes in scenario files, so nothing was run\n${error.message}`,
        'see docs/scenarios.md for what a scenario may say',
      );
    throw error;
  }
}

/** Rather at once than after everything has run. */
function checkReport(file: string): void {
  try {
    accessSync(dirname(resolve(file)), access.W_OK);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a folder');
  } catch (error) {
    throw new UsageError(
      `cannot write the report ${file}: ${error instanceof Error ? error.message : String(error)}`,
      'name a file in a folder of yours with --junit',
    );
  }
}

function checkKubeconfig(file: string): void {
  try {
    loadKubeconfig(file);
  } catch (error) {
    throw new UsageError(
      `cannot read how to reach the cluster of ${file}: ${error instanceof Error ? error.message : String(error)}`,
      'name a kubeconfig file with --against, such as ~/.kube/config',
    );
  }
}

function repeatCommand({ file, seed }: ScenarioResult, { against, runs }: TestOptions): string {
  const how = [
    ...(seed === undefined ? [] : ['--seed', seed]),
    ...(runs > 1 ? ['--runs', runs] : []),
    ...(against === undefined ? [] : ['--against', against]),
  ];
  return ['kubarium', 'test', file, ...how, '-v'].map((part) => asShellWord(String(part))).join(' ');
}

const asShellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** On a terminal, a last line with what is running. */
class Progress {
  readonly #isShown: boolean;
  readonly #total: number;
  /** By name, how far it is where it runs many times. */
  readonly #running = new Map<string, string>();
  #ended = 0;

  constructor(isShown: boolean, total: number) {
    this.#isShown = isShown;
    this.#total = total;
  }

  begin({ name }: Scenario): void {
    this.#running.set(name, '');
    this.clear();
    this.show();
  }

  ran({ name }: Scenario, run: number, runs: number): void {
    this.#running.set(name, ` (${run} of ${runs} runs)`);
    this.clear();
    this.show();
  }

  end({ name }: ScenarioResult): void {
    this.#running.delete(name);
    this.#ended++;
    this.clear();
  }

  show(): void {
    if (this.#isShown && this.#running.size > 0) {
      process.stdout.write(
        `${this.#ended}/${this.#total} done; running: ${[...this.#running].map(([name, far]) => name + far).join(', ')}`,
      );
    }
  }

  clear(): void {
    if (this.#isShown) process.stdout.write('\r\u001b[K');
  }
}
