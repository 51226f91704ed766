import { crc32 } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import type { LogChange, LogEntry, RevisionLog } from './revision-log.ts';

/** A row of the log table with its columns in order. */
type Row = [
  revision: number,
  key: string,
  created: number,
  previous: number,
  deleted: number,
  checksum: number,
  value: string,
];

const COLUMNS = 'revision, key, created, previous, deleted, checksum, value';

/** How far one sweep goes: short enough not to be felt. */
const SWEEP_REVISIONS = 500;

/** A value on disk is not what was written. */
export class ChecksumError extends Error {
  override readonly name = 'ChecksumError';
}

/**
 * The log as one SQLite table (see sqlite-schema.ts). Compaction needs no search: the entry that an entry at or before the compacted
 * revision supersedes is named by its column `previous`.
 */
export class SqliteLog implements RevisionLog {
  readonly #database: Database;
  readonly #insert: Statement;
  readonly #statements = new Map<string, Statement>();
  #compactedRevision: number;
  #lastRevision: number;
  #sweptRevision: number;

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare(`INSERT INTO log (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
    const [compacted, swept] = database.prepare('SELECT compacted, swept FROM progress').raw().get() as number[];
    this.#compactedRevision = compacted!;
    this.#sweptRevision = swept!;
    const newest = database.prepare('SELECT coalesce(max(revision), 0) FROM log').pluck().get() as number;
    // The newest entry of all may have been a removal, swept since.
    this.#lastRevision = Math.max(newest, this.#compactedRevision);
  }

  get lastRevision(): number {
    return this.#lastRevision;
  }

  get compactedRevision(): number {
    return this.#compactedRevision;
  }

  append(entries: readonly LogEntry[]): void {
    this.#transaction(() => {
      for (const { revision, key, createRevision, previousRevision, deleted, text } of entries) {
        this.#insert.run(revision, key, createRevision, previousRevision ?? 0, deleted ? 1 : 0, crc32(text), text);
      }
    });
    this.#lastRevision = entries.at(-1)?.revision ?? this.#lastRevision;
  }

  *current(): Generator<LogEntry> {
    const rows = this.#database
      .prepare(
        `SELECT ${COLUMNS} FROM log
         WHERE deleted = 0 AND revision NOT IN (SELECT previous FROM log)`,
      )
      .raw()
      .iterate() as IterableIterator<Row>;
    for (const row of rows) yield entry(row);
  }

  text(revision: number): string {
    const row = this.#prepared(`SELECT ${COLUMNS} FROM log WHERE revision = ?`).raw().get(revision);
    return entry(row as Row).text;
  }

  changes(revision: number, start: string, end: string): LogChange[] {
    return this.#changedSince('entry.revision > ?', [revision, start, end]);
  }

  stateBefore(revision: number, start: string, end: string): Map<string, LogEntry | undefined> {
    // The first entry of a key after the revision replaces nothing that is after it. Of a key made anew there are several such.
    const condition = 'entry.revision > ? AND entry.previous <= ?';
    const before = new Map<string, LogEntry | undefined>();
    for (const { entry, previous } of this.#changedSince(condition, [revision, revision, start, end])) {
      if (!before.has(entry.key)) before.set(entry.key, previous);
    }
    return before;
  }

  compact(revision: number): void {
    this.#prepared('UPDATE progress SET compacted = ?').run(revision);
    this.#compactedRevision = revision;
  }

  sweep(): boolean {
    const from = this.#sweptRevision;
    const to = Math.min(from + SWEEP_REVISIONS, this.#compactedRevision);
    if (to > from) {
      this.#transaction(() => {
        this.#prepared(
          'DELETE FROM log WHERE revision IN (SELECT previous FROM log WHERE revision > ? AND revision <= ?)',
        ).run(from, to);
        this.#prepared('DELETE FROM log WHERE revision > ? AND revision <= ? AND deleted = 1').run(from, to);
        this.#prepared('UPDATE progress SET swept = ?').run(to);
      });
      this.#sweptRevision = to;
    }
    if (to < this.#compactedRevision) return true;
    this.#database.pragma('wal_checkpoint(TRUNCATE)');
    return false;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** A statement that runs again and again. */
  #prepared(text: string): Statement {
    let statement = this.#statements.get(text);
    if (statement === undefined) this.#statements.set(text, (statement = this.#database.prepare(text)));
    return statement;
  }

  #changedSince(condition: string, parameters: readonly (number | string)[]): LogChange[] {
    const rows = this.#database
      .prepare(
        `SELECT entry.revision, entry.key, entry.created, entry.previous, entry.deleted, entry.checksum, entry.value,
                before.revision, before.key, before.created, before.previous, before.deleted, before.checksum, before.value
         FROM log AS entry LEFT JOIN log AS before ON before.revision = entry.previous AND before.deleted = 0
         WHERE ${condition} AND entry.key >= ? AND entry.key < ? ORDER BY entry.revision`,
      )
      .raw()
      .all(...parameters) as (number | string | null)[][];
    return rows.map((row) => ({
      entry: entry(row.slice(0, 7) as Row),
      previous: row[7] === null ? undefined : entry(row.slice(7) as Row),
    }));
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      // SQLite itself has rolled back after some errors, such as a full disk.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function entry([revision, key, createRevision, previous, deleted, checksum, text]: Row): LogEntry {
  if (crc32(text) !== checksum) throw new ChecksumError(`the value of ${key} at revision ${revision} is damaged`);
  return {
    revision,
    key,
    createRevision,
    previousRevision: previous === 0 || createRevision === revision ? undefined : previous,
    deleted: deleted === 1,
    text,
  };
}
