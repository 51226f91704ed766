import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom, type Random } from '@kubarium/shared';
import { ApiConnection } from '../support/api-connection.ts';
import { KubariumProcess } from '../support/kubarium-process.ts';
import { allocationProblems, doubleAllocations } from './allocations.ts';
import { COLLECTIONS, markerOf, NAMESPACE, type FoundObject } from './collection.ts';
import { History, type ObjectList } from './history.ts';
import { Ledger } from './ledger.ts';
import { writeUntilCutOff, type Acknowledged } from './load.ts';
import { SteadyPods } from './steady-pods.ts';

/**
 * Random load on the real `kubarium up`, `kill -9` at a random moment, a start on the same folder, and a look at what is there; again and
 * again on one cluster. `node test/fault/kill-rounds.ts --rounds 100`, `SEED=7` for another run of chance.
 */

export interface KillRoundsOptions {
  readonly rounds: number;
  readonly seed: number;
  /** How long the load lasts at most before the kill. */
  readonly maxLoadMs?: number | undefined;
  readonly report?: (line: string) => void;
}

export interface KillRoundsResult {
  readonly acknowledgedWrites: number;
  readonly watchEvents: number;
  /** Watches begun at a past revision and compared; and how many of them were too late (410). */
  readonly resumes: number;
  readonly expiredResumes: number;
  /** Starts that were killed before they were ready. */
  readonly killedStarts: number;
  readonly problems: readonly string[];
}

const WRITERS = 8;
const RESUMES_PER_COLLECTION = 3;
/** Short, so that compaction takes part. */
const KEEP_REVISIONS = 3000;

export async function killRounds({
  rounds,
  seed,
  maxLoadMs = 1200,
  report,
}: KillRoundsOptions): Promise<KillRoundsResult> {
  const run = new KillRounds(seededRandom(seed), maxLoadMs);
  await using cluster = new KubariumProcess();
  await run.begin(cluster);
  for (let round = 1; round <= rounds && run.problems.length === 0; round++) {
    await run.round(cluster);
    report?.(`round ${round}: ${run.summary()}`);
  }
  return run.result();
}

class KillRounds {
  readonly problems: string[] = [];
  readonly #random: Random;
  readonly #maxLoadMs: number;
  readonly #ledger = new Ledger();
  readonly #histories = COLLECTIONS.map((collection) => new History(collection));
  readonly #steady = new SteadyPods();
  #acknowledged: Acknowledged[] = [];
  #marker = 0;
  #resumes = 0;
  #expiredResumes = 0;
  #killedStarts = 0;
  #files = '';
  #api!: ApiConnection;

  constructor(random: Random, maxLoadMs: number) {
    this.#random = random;
    this.#maxLoadMs = maxLoadMs;
  }

  async begin(cluster: KubariumProcess): Promise<void> {
    await cluster.up(...FLAGS);
    this.#api = ApiConnection.to(cluster);
    this.#files = identity(cluster);
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
    await this.#api.json('POST', '/api/v1/namespaces', namespace);
    for (const history of this.#histories) await history.begin(this.#api);
    await this.#steady.begin(this.#api);
  }

  async round(cluster: KubariumProcess): Promise<void> {
    const load = this.#load();
    await Promise.race([load, pause(50 + this.#random.integer(this.#maxLoadMs))]);
    await cluster.stop('SIGKILL');
    await Promise.all([load, ...this.#histories.map((history) => history.cutOff())]);
    this.#api[Symbol.dispose]();
    const highest = this.#highestSeen();

    if (this.#random.integer(3) === 0) {
      cluster.spawn(...FLAGS);
      await pause(this.#random.integer(600));
      await cluster.stop('SIGKILL');
      this.#killedStarts++;
    }
    await cluster.up(...FLAGS);
    this.#expect(identity(cluster) === this.#files, 'port, certificates or kubeconfig have changed');
    this.#api = ApiConnection.to(cluster);
    await this.#checkRevision(highest);
    await this.#checkObjects();
    for (const history of this.#histories) await this.#checkHistory(history);
    await this.#checkAllocations();
    await this.#steady.afterRestart(this.#api);
    this.problems.push(...this.#steady.problems.splice(0));
    const bug = /.*(by a bug|[uU]nhandled|uncaught).*/.exec(cluster.output)?.[0];
    this.#expect(bug === undefined, `the process says: ${bug}`);
  }

  summary(): string {
    const { acknowledgedWrites, watchEvents, resumes, expiredResumes, killedStarts, problems } = this.result();
    return `${acknowledgedWrites} writes acknowledged, ${watchEvents} events seen, ${resumes} resumes compared (${expiredResumes} of them 410), ${killedStarts} starts killed, ${problems.length} problems`;
  }

  result(): KillRoundsResult {
    return {
      acknowledgedWrites: this.#ledger.acknowledgedWrites,
      watchEvents: this.#histories.reduce((sum, { events }) => sum + events.length, 0),
      resumes: this.#resumes,
      expiredResumes: this.#expiredResumes,
      killedStarts: this.#killedStarts,
      problems: this.problems,
    };
  }

  #load(): Promise<unknown> {
    return Promise.all(
      Array.from({ length: WRITERS }, (_, writer) =>
        writeUntilCutOff(this.#api, writer, {
          random: this.#random.fork(`${writer}/${this.#marker}`),
          ledger: this.#ledger,
          marker: () => ++this.#marker,
          onAcknowledged: (write) => void this.#acknowledged.push(write),
        }),
      ),
    );
  }

  #expect(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }

  #highestSeen(): number {
    return Math.max(
      ...this.#histories.map(({ lastRevision }) => lastRevision),
      ...this.#acknowledged.map(({ revision }) => revision),
    );
  }

  async #checkRevision(highest: number): Promise<void> {
    const { metadata } = await this.#api.json<ObjectList>('GET', COLLECTIONS[0]!.path);
    const revision = Number(metadata.resourceVersion);
    this.#expect(revision >= highest, `${highest} was told, but the start is at revision ${revision}`);
  }

  async #checkObjects(): Promise<void> {
    for (const { path, isOurs } of COLLECTIONS) {
      for (const key of this.#ledger.keys) {
        if (!key.startsWith(`${path}/`)) continue;
        const { status, text } = await this.#api.send('GET', key);
        const found = status === 404 ? undefined : (JSON.parse(text) as FoundObject);
        const held = found === undefined ? undefined : { marker: markerOf(found) ?? NaN, text };
        const problem = this.#ledger.settle(key, held, isOurs);
        this.#expect(problem === undefined, problem!);
      }
    }
  }

  async #checkHistory(history: History): Promise<void> {
    const { collection } = history;
    history.resume(this.#api);
    const head = await history.caughtUp();
    const told = new Set(history.events.map(({ revision }) => revision));
    const acknowledged = this.#acknowledged.filter((write) => write.collection === collection);
    for (const { revision } of acknowledged) {
      this.#expect(told.has(revision), `${collection.path}: the write of revision ${revision} was never told`);
    }
    const { items, metadata } = await this.#api.json<ObjectList>('GET', collection.path);
    await history.caughtUp();
    const listed = new Map(items.map((object) => [object.metadata.name, object.metadata.resourceVersion]));
    const at = Number(metadata.resourceVersion);
    for (const [name, object] of history.replay(at)) {
      const found = listed.get(name);
      this.#expect(
        found === object.metadata.resourceVersion,
        `${collection.path}: events say ${name} is at ${object.metadata.resourceVersion}, the list says ${found}`,
      );
      listed.delete(name);
    }
    this.#expect(listed.size === 0, `${collection.path}: never told of ${[...listed.keys()].join()}`);
    for (let i = 0; i < RESUMES_PER_COLLECTION && acknowledged.length > 0; i++) {
      const { revision } = acknowledged[this.#random.integer(acknowledged.length)]!;
      const outcome = await history.compareFrom(revision, head - KEEP_REVISIONS);
      this.#resumes++;
      if (outcome === 'expired') this.#expiredResumes++;
    }
    this.problems.push(...history.problems.splice(0));
  }

  async #checkAllocations(): Promise<void> {
    const { events } = this.#histories.find(({ collection }) => collection.path.endsWith('/services'))!;
    this.problems.push(...doubleAllocations(events));
    const { items } = await this.#api.json<ObjectList>('GET', '/api/v1/services');
    this.problems.push(...(await allocationProblems(this.#api, items, events)));
  }
}

const FLAGS = ['--keep-revisions', String(KEEP_REVISIONS)];

/** What must be the same after every start. */
const identity = (cluster: KubariumProcess): string =>
  ['kubeconfig', 'port', 'pki/ca.crt', 'pki/apiserver.crt', 'pki/admin.crt', 'pki/admin.token', 'pki/sa.key']
    .map((file) => readFileSync(join(cluster.dataDir, file), 'utf8'))
    .join();

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

if (import.meta.main) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '100' } } });
  const seed = Number(process.env['SEED'] ?? 20_261_123);
  console.log(`SEED=${seed}`);
  const result = await killRounds({ rounds: Number(values.rounds), seed, report: (line) => console.log(line) });
  for (const problem of result.problems) console.error(problem.slice(0, 1000));
  process.exitCode = result.problems.length === 0 ? 0 : 1;
}
