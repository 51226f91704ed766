/** One write as the log keeps it. */
export interface LogEntry {
  readonly revision: number;
  readonly key: string;
  /** The revision that created the key. */
  readonly createRevision: number;
  /** The revision of the key's entry before this one; undefined for a create. */
  readonly previousRevision: number | undefined;
  readonly deleted: boolean;
  /** Of a delete: the last value, with the revision of the delete. */
  readonly text: string;
}

/** An entry with the state of its key just before it, where the key existed. */
export interface LogChange {
  readonly entry: LogEntry;
  readonly previous: LogEntry | undefined;
}

/**
 * An append-only log of writes on a medium: what `LogStorage` needs to be durable and to look back. Everything is synchronous.
 * An entry is superseded by the next one of its key.
 */
export interface RevisionLog extends Disposable {
  /** Adds entries in one transaction; durable when it returns. Throws, with nothing added, where the medium refuses. */
  append(entries: readonly LogEntry[]): void;
  /** Reads, at the start, what exists: the newest entry of each key that is not deleted. */
  current(): Iterable<LogEntry>;
  /** The text of an entry that exists. Throws where it is damaged. */
  text(revision: number): string;
  /** The highest revision ever appended. */
  readonly lastRevision: number;
  readonly compactedRevision: number;
  /** The entries after a revision whose keys lie from `start` up to, but not including, `end`; in order. */
  changes(revision: number, start: string, end: string): LogChange[];
  /** What those keys were at a revision that have changed since; undefined where the key did not exist. */
  stateBefore(revision: number, start: string, end: string): Map<string, LogEntry | undefined>;
  /** Notes durably that history up to a revision is gone for readers. What takes room goes with `sweep`. */
  compact(revision: number): void;
  /** Removes some of what compaction has freed; true where there is more to do. */
  sweep(): boolean;
}
