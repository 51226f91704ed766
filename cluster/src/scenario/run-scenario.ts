import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { isNotFound, NAMESPACES, parseDuration, realClock, type ApiObject, type Resource } from '@kubarium/shared';
import type { Bindings } from './expression.ts';
import type { BackgroundRequests } from './operations/background-requests.ts';
import { deleteLeftover } from './operations/delete.ts';
import { OPERATIONS, type OperationRow } from './operations/operation-table.ts';
import type { Named, OperationContext } from './operations/operation-context.ts';
import { defaultsOf, nameOf, type Path, type Scenario } from './parse-scenario.ts';
import { bound, firstBindings } from './scenario-bindings.ts';
import { messageOf } from './scenario-error.ts';
import { INTERRUPTED, ScenarioRecord, type RecordOptions } from './scenario-record.ts';
import type { Failure, ScenarioResult, Section } from './scenario-result.ts';
import type { Binding, Defaults, Operation, OperationName, Step, Timeouts } from './scenario.ts';
import type { ScenarioTarget } from './target.ts';

export interface RunOptions extends RecordOptions {
  readonly seed?: number | undefined;
  /** Which one of all scenarios it is: `$test.id`; 1 by default. */
  readonly id?: number | undefined;
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

/**
 * Runs a scenario on a cluster that is up. Never rejects for what the scenario does. Interrupted, it still deletes what it has made on
 * another cluster.
 */
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

/** Where operations stand. */
interface Place {
  readonly step: string;
  readonly section: Section;
  readonly path: Path;
  readonly timeouts: Required<Timeouts>;
  readonly defaults: Defaults;
}

/** What the scenario has made. */
interface Created {
  readonly resource: Resource;
  readonly object: ApiObject;
  readonly place: Place;
}

class ScenarioRun {
  readonly #scenario: Scenario;
  readonly #target: ScenarioTarget;
  readonly #options: RunOptions;
  readonly #namespace: string;
  readonly #record: ScenarioRecord;
  readonly #background = new Map<string, BackgroundRequests>();
  /** Those of the steps that were begun. */
  readonly #cleanups: (() => Promise<boolean>)[] = [];
  #hasMadeNamespace = false;
  /** In the order of creation. */
  readonly #created: Created[] = [];
  /** Bindings that skipped operations would have made. */
  readonly #unknown = new Set<string>();
  #failure: Failure | undefined;

  constructor(scenario: Scenario, target: ScenarioTarget, options: RunOptions) {
    this.#scenario = scenario;
    this.#target = target;
    this.#options = options;
    this.#record = new ScenarioRecord(scenario, target, options);
    // On a cluster that others use too, what a scenario does stays in a namespace of its own.
    const own = `scenario-${createHash('sha256').update(`${scenario.name} ${this.#record.startMs}`).digest('hex').slice(0, 8)}`;
    this.#namespace = scenario.spec.namespace ?? (target.simulator === undefined ? own : 'default');
  }

  async run(): Promise<ScenarioResult> {
    const wallStart = realClock.now();
    await this.#attempt(() => this.#runSteps());
    await this.#attempt(() => this.#cleanUp());
    for (const requests of this.#background.values()) requests.stop();
    const { operations, transcript, digest, startMs, hasFailed } = this.#record;
    if (this.#isInterrupted && !hasFailed) this.#failure ??= { message: INTERRUPTED, details: [], evidence: undefined };
    return {
      file: this.#scenario.file,
      name: this.#scenario.name,
      status: this.#failure !== undefined || hasFailed ? 'failed' : 'passed',
      seed: this.#options.seed,
      operations,
      failure: this.#failure,
      runs: 1,
      wallMs: realClock.now() - wallStart,
      clusterMs: this.#target.now() - startMs,
      transcript,
      digest,
    };
  }

  get #isInterrupted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** Keeps the first failure of no operation. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failure ??= { message: messageOf(error), details: [], evidence: undefined };
    }
  }

  async #runSteps(): Promise<void> {
    const { spec } = this.#scenario;
    await this.#makeNamespace();
    const first = firstBindings(this.#scenario, this.#target, {
      namespace: this.#namespace,
      id: this.#options.id ?? 1,
      seed: this.#options.seed,
      startMs: this.#record.startMs,
    });
    const bindings = await bound(spec.bindings, first, this.#target);
    for (const [index, step] of spec.steps.entries()) {
      if (!(await this.#runStep(step, index, bindings))) return;
    }
  }

  async #makeNamespace(): Promise<void> {
    const { client } = this.#target;
    try {
      await client.get(NAMESPACES, { name: this.#namespace });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await client.create(NAMESPACES, { metadata: { name: this.#namespace } });
      this.#hasMadeNamespace = true;
    }
  }

  async #runStep(step: Step, index: number, outer: Bindings): Promise<boolean> {
    const { spec } = this.#scenario;
    const place = (section: Section): Place => this.#place(step, index, section);
    const bindings = await bound(step.bindings, { ...outer, step: { id: index + 1 } }, this.#target);
    this.#cleanups.push(() => this.#runList(step.cleanup, place('cleanup'), bindings));
    const passed = await this.#runList(step.try, place('try'), bindings);
    if (!passed) {
      await this.#runList(step.catch, place('catch'), bindings);
      await this.#runList(spec.catch, { ...place('catch'), path: ['spec', 'catch'] }, bindings);
    }
    return (await this.#runList(step.finally, place('finally'), bindings)) && passed;
  }

  #place(step: Step, index: number, section: Section): Place {
    const { spec } = this.#scenario;
    return {
      step: step.name ?? `step ${index + 1}`,
      section,
      path: ['spec', 'steps', index, section],
      timeouts: { ...TIMEOUTS, ...spec.timeouts, ...step.timeouts },
      defaults: defaultsOf(spec, step),
    };
  }

  /** A failure ends `try`, unless the operation says otherwise; the other sections go on after it. */
  async #runList(operations: readonly Operation[] | undefined, place: Place, outer: Bindings): Promise<boolean> {
    let passed = true;
    let bindings = outer;
    for (const [index, operation] of (operations ?? []).entries()) {
      if (this.#isInterrupted && place.section !== 'cleanup') return false;
      const at = { ...place, path: [...place.path, index] };
      const outputs = await this.#runOperation(operation, at, { ...bindings, operation: { id: index + 1 } });
      if (outputs === undefined) {
        passed = false;
        if (place.section === 'try' && operation.continueOnError !== true) return false;
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
    return this.#record.operation(
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
      startMs: this.#record.startMs,
      background: this.#background,
      timeoutMs: (kind, own) => parseDuration(own ?? place.timeouts[kind])!,
      concerns: (object) => void concerned.push(object),
      created: (resource, object) => void this.#created.push({ resource, object, place }),
    };
  }

  /** The `cleanup` of each step that was begun and what the scenario has made, last first, as in Chainsaw. */
  async #cleanUp(): Promise<void> {
    const isEmbedded = this.#target.simulator !== undefined;
    if (!this.#isInterrupted) await this.#delayCleanUp();
    else if (isEmbedded) return;
    for (const cleanup of this.#cleanups.toReversed()) await cleanup();
    // An embedded cluster ends here: nobody will see what is left in it.
    if (isEmbedded) return;
    for (const created of this.#created.toReversed()) {
      const { section, defaults } = created.place;
      if (section !== 'cleanup' && defaults.skipDelete !== true) await this.#deleteCreated(created);
    }
    if (this.#hasMadeNamespace && this.#scenario.spec.skipDelete !== true) {
      const namespace = { resource: NAMESPACES, namespace: undefined, name: this.#namespace };
      await deleteLeftover(namespace, parseDuration(TIMEOUTS.cleanup)!, { target: this.#target });
    }
  }

  async #delayCleanUp(): Promise<void> {
    const delayMs = parseDuration(this.#scenario.spec.delayBeforeCleanup ?? '0s')!;
    if (delayMs > 0) await this.#target.until(() => false, delayMs);
  }

  async #deleteCreated({ resource, object, place }: Created): Promise<void> {
    const { namespace, name } = object.metadata;
    const named = { resource, namespace, name };
    const about = { ...place, section: 'cleanup', operation: 'delete', description: undefined } as const;
    await this.#record.operation(about, [named], async () => {
      const timeoutMs = parseDuration(place.timeouts.cleanup)!;
      await deleteLeftover(named, timeoutMs, { target: this.#target });
      return { says: `${resource.kind.toLowerCase()} ${name} deleted` };
    });
  }
}
