import type { ApiConnection, WatchHandle } from '../support/api-connection.ts';
import { markerOf, MARKER, type Collection, type FoundObject } from './collection.ts';

export interface HistoryEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly name: string;
  readonly revision: number;
  readonly object: FoundObject;
}

export interface ObjectList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: FoundObject[];
}

const BARRIER = 'barrier';

/**
 * The history of a collection as one client puts it together: it watches, is cut off, and resumes where it was. Finds gaps, repeats and
 * changes of order by comparing with lists, with acknowledged writes, and with watches that begin elsewhere in the past.
 */
export class History {
  readonly collection: Collection;
  readonly events: HistoryEvent[] = [];
  readonly problems: string[] = [];
  #api: ApiConnection | undefined;
  #watch: WatchHandle | undefined;
  #barriers = 0;
  /** What was there before the watch began. */
  #initial: readonly FoundObject[] = [];

  constructor(collection: Collection) {
    this.collection = collection;
  }

  get lastRevision(): number {
    return this.events.at(-1)?.revision ?? 0;
  }

  /** Makes the object that barriers are written to, and begins to watch just before that. */
  async begin(api: ApiConnection): Promise<void> {
    const barrier = this.collection.draft(BARRIER, 0);
    // A pod that no scheduler ever binds.
    if (barrier.kind === 'Pod') barrier['spec'] = { ...(barrier['spec'] as object), schedulerName: 'nobody' };
    const before = await api.json<ObjectList>('GET', this.collection.path);
    this.#initial = before.items;
    await api.json('POST', this.collection.path, barrier);
    this.resume(api, Number(before.metadata.resourceVersion));
  }

  /** Watches on from the last event that was seen. */
  resume(api: ApiConnection, revision = this.lastRevision): void {
    this.#api = api;
    this.#watch = api.watch(watchPath(this.collection, revision), (line) => {
      const event = parseEvent(line);
      if (event === undefined) {
        this.problems.push(`${this.collection.path} resumed at ${revision}: ${line}`);
        return;
      }
      if (event.revision <= this.lastRevision) {
        this.problems.push(`${this.collection.path}: ${event.revision} told after ${this.lastRevision}`);
      }
      if (Number.isNaN(markerOf(event.object))) this.problems.push(`${this.collection.path}: half a write: ${line}`);
      this.events.push(event);
    });
  }

  /** Resolves once everything is seen that has happened up to now, with the revision reached. */
  async caughtUp(): Promise<number> {
    const revision = await this.#writeBarrier();
    await until(() => this.lastRevision >= revision, `${this.collection.path}: revision ${revision} is not told`);
    return revision;
  }

  /** Resolves when the server is gone and all that it has sent is read. */
  async cutOff(): Promise<void> {
    await this.#watch?.ended;
  }

  /** Compares a watch that begins at a past revision with what was seen. Resolves with how many events it told; 'expired' for 410. */
  async compareFrom(revision: number, oldestKept: number): Promise<number | 'expired'> {
    const head = await this.caughtUp();
    const expected = this.events.filter((event) => event.revision > revision && event.revision <= head);
    const told: HistoryEvent[] = [];
    let expiredAs: string | undefined;
    const watch = this.#api!.watch(watchPath(this.collection, revision), (line) => {
      const event = parseEvent(line);
      if (event === undefined) expiredAs = line;
      else if (event.revision <= head) told.push(event);
      if (event === undefined || event.revision >= head) watch.stop();
    });
    await within(watch.ended, `${this.collection.path} from ${revision}`);
    if (expiredAs !== undefined) {
      if (!expiredAs.includes('"code":410') || revision >= oldestKept) {
        this.problems.push(`${this.collection.path} from ${revision}: ${expiredAs}`);
      }
      return 'expired';
    }
    if (signature(told) !== signature(expected)) {
      this.problems.push(
        `${this.collection.path} from ${revision}: told ${signature(told)}; has happened ${signature(expected)}`,
      );
    }
    return told.length;
  }

  /** What the events up to a revision add up to, by name. */
  replay(upTo: number): Map<string, FoundObject> {
    const objects = new Map(this.#initial.map((object) => [object.metadata.name, object]));
    for (const { type, name, object, revision } of this.events) {
      if (revision > upTo) break;
      if ((type === 'ADDED') === objects.has(name)) {
        this.problems.push(`${this.collection.path}: ${type} of ${name} at ${revision} does not follow`);
      }
      if (type === 'DELETED') objects.delete(name);
      else objects.set(name, object);
    }
    return objects;
  }

  async #writeBarrier(): Promise<number> {
    const marks = { [MARKER]: String(++this.#barriers) };
    const { metadata } = await this.#api!.json<FoundObject>(
      'PATCH',
      `${this.collection.path}/${BARRIER}`,
      { metadata: { annotations: marks, labels: marks } },
      'application/merge-patch+json',
    );
    return Number(metadata.resourceVersion);
  }
}

const watchPath = ({ path }: Collection, revision: number): string => `${path}?watch=true&resourceVersion=${revision}`;

function parseEvent(line: string): HistoryEvent | undefined {
  const { type, object } = JSON.parse(line) as { type: HistoryEvent['type'] | 'ERROR'; object: FoundObject };
  if (type === 'ERROR') return undefined;
  return { type, name: object.metadata.name, revision: Number(object.metadata.resourceVersion), object };
}

const signature = (events: readonly HistoryEvent[]): string =>
  events.map(({ type, name, revision, object }) => `${type} ${name} ${markerOf(object)}@${revision}`).join(', ');

const PATIENCE_MS = 30_000;

/** Resolves once a condition holds; rejects with `otherwise` after half a minute. */
export async function until(holds: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(otherwise);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function within(work: Promise<void>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no end after ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
