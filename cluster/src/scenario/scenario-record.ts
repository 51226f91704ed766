import { createHash } from 'node:crypto';
import { realClock } from '@kubarium/shared';
import { evidenceOf } from './evidence.ts';
import type { Bindings } from './expression.ts';
import { formatDuration } from './format-duration.ts';
import { OperationFailure, type Named, type Outcome } from './operations/operation-context.ts';
import type { Path, Scenario } from './parse-scenario.ts';
import { messageOf } from './scenario-error.ts';
import type { OperationName } from './scenario.ts';
import type { Failure, OperationResult, Section } from './scenario-result.ts';
import type { ScenarioTarget } from './target.ts';

/** An operation and where it stands. */
export interface RecordedOperation {
  readonly step: string;
  readonly section: Section;
  readonly path: Path;
  readonly operation: OperationName;
  readonly description: string | undefined;
}

/** What came of an operation, but for the time that it took. */
interface Ending extends Pick<OperationResult, 'status' | 'says' | 'shows' | 'failure'> {
  /** Undefined where it failed. */
  readonly outputs: Bindings | undefined;
}

export interface RecordOptions {
  /** Ends the operation that goes on, as a failure, unless it cleans up. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each operation once it has ended. */
  readonly onOperation?: ((result: OperationResult) => void) | undefined;
}

export const INTERRUPTED = 'interrupted';

/** What a scenario has done: the result of each operation, and the transcript by which runs are compared. */
export class ScenarioRecord {
  readonly operations: OperationResult[] = [];
  /** A line for each operation, with the cluster's time, and what it shows. */
  readonly transcript: string[] = [];
  readonly startMs: number;
  readonly #scenario: Scenario;
  readonly #target: ScenarioTarget;
  readonly #options: RecordOptions;

  constructor(scenario: Scenario, target: ScenarioTarget, options: RecordOptions) {
    this.#scenario = scenario;
    this.#target = target;
    this.#options = options;
    this.startMs = target.now();
  }

  get hasFailed(): boolean {
    return this.operations.some(({ status }) => status === 'failed');
  }

  /** Of transcript and cluster. Undefined on a real cluster. */
  get digest(): string | undefined {
    const { simulator } = this.#target;
    if (simulator === undefined) return undefined;
    return createHash('sha256').update(this.transcript.join('\n')).update(simulator.digest()).digest('hex');
  }

  /** Runs `work`, or takes down why it is skipped. Gives the operation's outputs, or undefined where it failed. */
  async operation(
    about: RecordedOperation,
    concerned: readonly Named[],
    work: (() => Promise<Outcome>) | string,
  ): Promise<Bindings | undefined> {
    const wallStart = realClock.now();
    const clusterStart = this.#target.now();
    const { outputs, status, says, shows, failure } = await this.#ending(about, concerned, work);
    const { step, section, operation, description } = about;
    const result: OperationResult = {
      step,
      section,
      operation,
      position: this.#scenario.positionOf(about.path),
      description,
      status,
      says,
      shows,
      wallMs: realClock.now() - wallStart,
      clusterMs: this.#target.now() - clusterStart,
      failure,
    };
    this.operations.push(result);
    const at = formatDuration(this.#target.now() - this.startMs);
    this.transcript.push(
      `+${at} ${step}: ${operation} ${status === 'passed' ? '' : `${status}: `}${says}`,
      ...shows.map((line) => `  ${line}`),
    );
    this.#options.onOperation?.(result);
    return outputs;
  }

  async #ending(
    { section }: RecordedOperation,
    concerned: readonly Named[],
    work: (() => Promise<Outcome>) | string,
  ): Promise<Ending> {
    if (typeof work === 'string') return { status: 'skipped', says: work, shows: [], outputs: {}, failure: undefined };
    try {
      const { says, shows = [], outputs = {} } = await this.#unlessInterrupted(work(), section);
      return { status: 'passed', says, shows, outputs, failure: undefined };
    } catch (error) {
      const message = messageOf(error);
      const details = error instanceof OperationFailure ? error.details : [];
      const isAsked = section === 'try' && this.#options.signal?.aborted !== true;
      const evidence = isAsked ? await this.#evidence(concerned) : undefined;
      return {
        status: 'failed',
        says: message,
        shows: [],
        outputs: undefined,
        failure: { message, details, evidence },
      };
    }
  }

  /** What is to be cleaned up is cleaned up all the same. */
  #unlessInterrupted<T>(work: Promise<T>, section: Section): Promise<T> {
    const { signal } = this.#options;
    if (signal === undefined || section === 'cleanup') return work;
    return new Promise((resolve, reject) => {
      const interrupt = (): void => reject(new OperationFailure(INTERRUPTED));
      signal.addEventListener('abort', interrupt, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', interrupt));
    });
  }

  async #evidence(concerned: readonly Named[]): Promise<Failure['evidence']> {
    try {
      return await evidenceOf(concerned, this.#target, this.startMs);
    } catch {
      // The failure itself is told; that its surroundings cannot be asked for (the cluster is gone) must not hide it.
      return undefined;
    }
  }
}
