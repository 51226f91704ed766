import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { isNotFound, NAMESPACES, parseDuration, realClock, type ApiObject, type Resource } from '@kubarium/shared';
import { evidenceOf } from './evidence.ts';
import type { Bindings } from './expression.ts';
import { formatDuration } from './format-duration.ts';
import type { BackgroundRequests } from './operations/background-requests.ts';
import { deleteLeftover } from './operations/delete.ts';
import { OPERATIONS, type OperationRow } from './operations/operation-table.ts';
import { OperationFailure, type Named, type OperationContext, type Outcome } from './operations/operation-context.ts';
import { defaultsOf, nameOf, type Path, type Scenario } from './parse-scenario.ts';
import { bound, firstBindings } from './scenario-bindings.ts';
import { messageOf } from './scenario-error.ts';
import type { Binding, Defaults, Operation, OperationName, ScenarioSpec, Step, Timeouts } from './scenario.ts';
import type { Failure, OperationResult, OperationStatus, ScenarioResult, Section } from './scenario-result.ts';
import type { ScenarioTarget } from './target.ts';

export interface RunOptions {
  readonly seed?: number | undefined;
  /** Which one of all scenarios it is: `$test.id`; 1 by default. */
  readonly id?: number | undefined;
  /** Ends the scenario at once: as a failure, and with what it has made on another cluster deleted. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each operation once it has ended. */
  readonly onOperation?: ((result: OperationResult) => void) | undefined;
}

/** How long operations may take of the cluster's time; as Chainsaw, but for commands, which take no time to wait for. */
const TIMEOUTS: Required<Timeouts> = {
  apply: '5s',
  assert: '30s',
  cleanup: '30s',
  delete: '15s',
  error: '30s',
  exec: '3m',
};

const INTERRUPTED = 'interrupted';

/** Runs a scenario on a cluster that is up. Never rejects for what the scenario does. */
export async function runScenario(
  scenario: Scenario,
  target: ScenarioTarget,
  options: RunOptions = {},
): Promise<ScenarioResult> {
  return new ScenarioRun(scenario, target, options).run();
}

/** What the operations have in common. */
interface OperationBody {
  readonly bindings?: readonly Binding[] | undefined;
  readonly outputs?: readonly Binding[] | undefined;
}

interface Created {
  readonly resource: Resource;
  readonly object: ApiObject;
}

interface Place {
  readonly step: string;
  readonly section: Section;
  readonly path: Path;
  readonly timeouts: Timeouts;
  readonly defaults: Defaults;
}

class ScenarioRun {
  readonly #scenario: Scenario;
  readonly #target: ScenarioTarget;
  readonly #options: RunOptions;
  readonly #namespace: string;
  readonly #startMs: number;
  readonly #operations: OperationResult[] = [];
  readonly #transcript: string[] = [];
  readonly #background = new Map<string, BackgroundRequests>();
  /** In the order of creation. */
  readonly #created: { readonly created: Created; readonly place: Place }[] = [];
  /** Bindings that skipped operations would have made. */
  readonly #unknown = new Set<string>();
  #failure: Failure | undefined;

  constructor(scenario: Scenario, target: ScenarioTarget, options: RunOptions) {
    this.#scenario = scenario;
    this.#target = target;
    this.#options = options;
    this.#startMs = target.now();
    // On a cluster that others use too, what a scenario does stays in a namespace of its own.
    const own = `scenario-${createHash('sha256').update(`${scenario.name} ${this.#startMs}`).digest('hex').slice(0, 8)}`;
    this.#namespace = scenario.spec.namespace ?? (target.simulator === undefined ? own : 'default');
  }

  async run(): Promise<ScenarioResult> {
    const wallStart = realClock.now();
    const { spec } = this.#scenario;
    try {
      const madeNamespace = await this.#makeNamespace();
      const bindings = await bound(
        spec.bindings,
        firstBindings(this.#scenario, this.#target, {
          namespace: this.#namespace,
          id: this.#options.id ?? 1,
          seed: this.#options.seed,
          startMs: this.#startMs,
        }),
        this.#target,
      );
      let reached = 0;
      let passed = true;
      for (const [index, step] of spec.steps.entries()) {
        reached = index;
        passed = await this.#runStep(step, index, bindings);
        if (!passed) break;
      }
      await this.#cleanUp(reached, bindings, madeNamespace);
    } catch (error) {
      this.#failure = { message: messageOf(error), details: [], evidence: undefined };
    }
    for (const requests of this.#background.values()) requests.stop();
    if (this.#isInterrupted && this.#operations.every(({ status }) => status !== 'failed'))
      this.#failure ??= { message: INTERRUPTED, details: [], evidence: undefined };
    const failed = this.#failure !== undefined || this.#operations.some(({ status }) => status === 'failed');
    const { simulator } = this.#target;
    return {
      file: this.#scenario.file,
      name: this.#scenario.name,
      status: failed ? 'failed' : 'passed',
      seed: this.#options.seed,
      operations: this.#operations,
      failure: this.#failure,
      runs: 1,
      wallMs: realClock.now() - wallStart,
      clusterMs: this.#target.now() - this.#startMs,
      transcript: this.#transcript,
      digest: simulator === undefined ? undefined : digestOf(this.#transcript, simulator.digest()),
    };
  }

  get #isInterrupted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async #makeNamespace(): Promise<boolean> {
    const { client } = this.#target;
    try {
      await client.get(NAMESPACES, { name: this.#namespace });
      return false;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    await client.create(NAMESPACES, { metadata: { name: this.#namespace } });
    return true;
  }

  async #runStep(step: Step, index: number, outer: Bindings): Promise<boolean> {
    const { spec } = this.#scenario;
    const name = step.name ?? `step ${index + 1}`;
    const path: Path = ['spec', 'steps', index];
    const common = commonOf(spec, step);
    const place = (section: Section, at: Path): Place => ({ step: name, section, path: at, ...common });
    const bindings = await bound(step.bindings, { ...outer, step: { id: index + 1 } }, this.#target);
    const passed = await this.#runList(step.try, place('try', [...path, 'try']), bindings, 'stop');
    if (!passed) {
      await this.#runList(step.catch, place('catch', [...path, 'catch']), bindings, 'go on');
      await this.#runList(spec.catch, place('catch', ['spec', 'catch']), bindings, 'go on');
    }
    const ended = await this.#runList(step.finally, place('finally', [...path, 'finally']), bindings, 'go on');
    return passed && ended;
  }

  async #runList(
    operations: readonly Operation[] | undefined,
    place: Place,
    outer: Bindings,
    onFailure: 'stop' | 'go on',
  ): Promise<boolean> {
    let passed = true;
    let bindings = outer;
    for (const [index, operation] of (operations ?? []).entries()) {
      if (this.#isInterrupted && place.section !== 'cleanup') return false;
      const at = { ...place, path: [...place.path, index] };
      const outputs = await this.#runOperation(operation, at, { ...bindings, operation: { id: index + 1 } });
      if (outputs === undefined) {
        passed = false;
        if (onFailure === 'stop' && operation.continueOnError !== true) return false;
      } else bindings = { ...bindings, ...outputs };
    }
    return passed;
  }

  /** The operation's outputs, or undefined where it failed. */
  async #runOperation(operation: Operation, place: Place, bindings: Bindings): Promise<Bindings | undefined> {
    const name = nameOf(operation);
    const { run } = OPERATIONS[name] as OperationRow<unknown>;
    const concerned: Named[] = [];
    const body = { ...place.defaults, ...operation[name] } as OperationBody;
    const skipped = this.#whySkipped(name, body);
    for (const output of body.outputs ?? []) {
      if (skipped === undefined) this.#unknown.delete(output.name);
      else this.#unknown.add(output.name);
    }
    return this.#record(
      { ...place, operation: name, path: [...place.path, name], description: operation.description },
      concerned,
      skipped ??
        (async () => run(body, this.#context(place, await bound(body.bindings, bindings, this.#target), concerned))),
    );
  }

  /** On a real cluster: the operation is a simulator's, or stands on what a skipped one would have bound. */
  #whySkipped(name: OperationName, body: OperationBody): string | undefined {
    if (this.#target.simulator !== undefined) return undefined;
    if (OPERATIONS[name].simulated) return 'only a simulated cluster can do this';
    const text = JSON.stringify(body);
    const missing = [...this.#unknown].find((one) => new RegExp(`\\$${one}\\b`).test(text));
    return missing === undefined ? undefined : `needs $${missing}, which a skipped operation would have bound`;
  }

  #context(place: Place, bindings: Bindings, concerned: Named[]): OperationContext {
    return {
      target: this.#target,
      folder: dirname(this.#scenario.file),
      namespace: this.#namespace,
      bindings,
      startMs: this.#startMs,
      background: this.#background,
      timeoutMs: (kind, own) => parseDuration(own ?? place.timeouts[kind] ?? TIMEOUTS[kind])!,
      concerns: (object) => void concerned.push(object),
      created: (resource, object) => void this.#created.push({ created: { resource, object }, place }),
    };
  }

  /** Runs `work`, or says why it is skipped, and keeps the result. */
  async #record(
    about: Place & { readonly operation: OperationResult['operation']; readonly description: string | undefined },
    concerned: readonly Named[],
    work: (() => Promise<Outcome>) | string,
  ): Promise<Bindings | undefined> {
    const wallStart = realClock.now();
    const clusterStart = this.#target.now();
    let status: OperationStatus = 'passed';
    let says = '';
    let shows: readonly string[] = [];
    let outputs: Bindings | undefined = {};
    let failure: Failure | undefined;
    try {
      if (typeof work === 'string') {
        status = 'skipped';
        says = work;
      } else ({ says, shows = [], outputs = {} } = await this.#unlessInterrupted(work(), about.section));
    } catch (error) {
      status = 'failed';
      outputs = undefined;
      says = messageOf(error);
      const details = error instanceof OperationFailure ? error.details : [];
      failure = {
        message: says,
        details,
        evidence: about.section === 'try' && !this.#isInterrupted ? await this.#evidence(concerned) : undefined,
      };
    }
    const result: OperationResult = {
      step: about.step,
      section: about.section,
      operation: about.operation,
      position: this.#scenario.positionOf(about.path),
      description: about.description,
      status,
      says,
      shows,
      wallMs: realClock.now() - wallStart,
      clusterMs: this.#target.now() - clusterStart,
      failure,
    };
    this.#operations.push(result);
    const at = formatDuration(this.#target.now() - this.#startMs);
    this.#transcript.push(
      `+${at} ${about.step}: ${about.operation} ${status === 'passed' ? '' : `${status}: `}${says}`,
      ...shows.map((line) => `  ${line}`),
    );
    this.#options.onOperation?.(result);
    return outputs;
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
      return await evidenceOf(concerned, this.#target, this.#startMs);
    } catch {
      // The failure itself is told; that its surroundings cannot be asked for (the cluster is gone) must not hide it.
      return undefined;
    }
  }

  /** The `cleanup` of each step that was begun and what the scenario has made, last first, as in Chainsaw. */
  async #cleanUp(reached: number, bindings: Bindings, madeNamespace: boolean): Promise<void> {
    // An embedded cluster ends here.
    if (this.#isInterrupted && this.#target.simulator !== undefined) return;
    const { spec } = this.#scenario;
    const delayMs = parseDuration(spec.delayBeforeCleanup ?? '0s')!;
    if (delayMs > 0 && !this.#isInterrupted) await this.#target.until(() => false, delayMs);
    for (let index = reached; index >= 0; index--) {
      const step = spec.steps[index]!;
      const name = step.name ?? `step ${index + 1}`;
      const path: Path = ['spec', 'steps', index, 'cleanup'];
      await this.#runList(
        step.cleanup,
        { step: name, section: 'cleanup', path, ...commonOf(spec, step) },
        await bound(step.bindings, { ...bindings, step: { id: index + 1 } }, this.#target),
        'go on',
      );
    }
    // An embedded cluster ends here: nobody will see what is left in it.
    if (this.#target.simulator !== undefined) return;
    for (const { created, place } of this.#created.toReversed()) {
      if (place.defaults.skipDelete !== true && place.section !== 'cleanup') await this.#deleteCreated(created, place);
    }
    if (madeNamespace && spec.skipDelete !== true) {
      const namespace = { resource: NAMESPACES, namespace: undefined, name: this.#namespace };
      await deleteLeftover(namespace, parseDuration(TIMEOUTS.cleanup)!, { target: this.#target });
    }
  }

  async #deleteCreated({ resource, object }: Created, place: Place): Promise<void> {
    const { namespace, name } = object.metadata;
    const named = { resource, namespace, name };
    const about = { ...place, section: 'cleanup', operation: 'delete', description: undefined } as const;
    await this.#record(about, [named], async () => {
      const timeoutMs = parseDuration(place.timeouts.cleanup ?? TIMEOUTS.cleanup)!;
      await deleteLeftover(named, timeoutMs, { target: this.#target });
      return { says: `${resource.kind.toLowerCase()} ${name} deleted` };
    });
  }
}

/** What a step's operations have in common. */
const commonOf = (spec: ScenarioSpec, step: Step): Pick<Place, 'timeouts' | 'defaults'> => ({
  timeouts: { ...TIMEOUTS, ...spec.timeouts, ...step.timeouts },
  defaults: defaultsOf(spec, step),
});

function digestOf(transcript: readonly string[], cluster: string): string {
  return createHash('sha256').update(transcript.join('\n')).update(cluster).digest('hex');
}
