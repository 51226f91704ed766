import type { Change } from './storage.ts';

type Sink<T> = (batch: readonly Change<T>[]) => void;

/** One open watch; `past` is what it has yet to be told from before it began. */
interface Watcher<T> {
  readonly sink: Sink<T>;
  past: readonly Change<T>[];
  open: boolean;
}

/**
 * Tells watchers of commits: each watcher one batch a commit, watchers of one prefix in the order in which they came. The cost
 * of a change grows with those who watch it, not with all watches; watchers of one prefix share their batch.
 */
export class WatchHub<T> {
  readonly #byPrefix = new Map<string, Set<Watcher<T>>>();

  /** Adds a watcher; `past` reaches it first, once this call has returned. */
  add(prefix: string, past: readonly Change<T>[], sink: Sink<T>): Disposable {
    const watcher: Watcher<T> = { sink, past, open: true };
    let watchers = this.#byPrefix.get(prefix);
    if (watchers === undefined) this.#byPrefix.set(prefix, (watchers = new Set()));
    watchers.add(watcher);
    if (past.length > 0) queueMicrotask(() => tellPast(watcher));
    return {
      [Symbol.dispose]: () => {
        watcher.open = false;
        watchers.delete(watcher);
        if (watchers.size === 0 && this.#byPrefix.get(prefix) === watchers) this.#byPrefix.delete(prefix);
      },
    };
  }

  /** Tells of all changes of one commit. */
  tell(changes: readonly Change<T>[]): void {
    const batches = new Map<string, Change<T>[]>();
    if (changes.length > 0 && this.#byPrefix.has('')) batches.set('', [...changes]);
    for (const change of changes) {
      const { key } = change.current;
      for (let slash = key.indexOf('/'); slash !== -1; slash = key.indexOf('/', slash + 1)) {
        const prefix = key.slice(0, slash + 1);
        const batch = batches.get(prefix);
        if (batch !== undefined) batch.push(change);
        else if (this.#byPrefix.has(prefix)) batches.set(prefix, [change]);
      }
    }
    for (const [prefix, batch] of batches) {
      // Of those who were there at the commit: a sink may open a watch of its own.
      const watchers = Array.from(this.#byPrefix.get(prefix) ?? []);
      for (const watcher of watchers) {
        tellPast(watcher);
        if (watcher.open) tell(watcher, batch);
      }
    }
  }
}

function tellPast<T>(watcher: Watcher<T>): void {
  const { past } = watcher;
  watcher.past = [];
  if (watcher.open && past.length > 0) tell(watcher, past);
}

/** A sink that throws is a bug; it surfaces as an uncaught exception, and the others still hear of the change. */
function tell<T>(watcher: Watcher<T>, batch: readonly Change<T>[]): void {
  try {
    watcher.sink(batch);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
