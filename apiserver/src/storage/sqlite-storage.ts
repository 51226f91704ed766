import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { LogStorage } from './log-storage.ts';
import type { LogStorageOptions } from './log-storage.ts';
import { ChecksumError, SqliteLog } from './sqlite-log.ts';
import { migrate } from './migrate.ts';
import { APPLICATION_ID, fileHeader, FORMAT_VERSION, MIGRATIONS, PAGE_BYTES, SCHEMA } from './sqlite-schema.ts';
import { StorageOpenError } from './storage-error.ts';

export interface SqliteStorageOptions<T extends object> extends LogStorageOptions<T> {
  /** A file, made (with its folder) where there is none; or `:memory:`. */
  readonly path: string;
  /** How large the database may grow; further writes fail as `unwritable`. By default as large as the disk. */
  readonly maxBytes?: number | undefined;
}

/**
 * Opens a store on SQLite, and locks it for this process. Acknowledged writes survive `kill -9` and, on a file, a power cut.
 * Throws StorageOpenError, with the file untouched, where it cannot be used.
 */
export function openSqliteStorage<T extends object>(options: SqliteStorageOptions<T>): LogStorage<T> {
  const { path } = options;
  let database: Database | undefined;
  try {
    if (path !== ':memory:') {
      checkFile(path);
      checkAfterCrash(path);
    }
    database = openDatabase(path, options.maxBytes);
    return new LogStorage(new SqliteLog(database), options);
  } catch (error) {
    database?.close();
    throw openError(path, error);
  }
}

/** Refuses what is not ours before SQLite gets to see it. A missing or empty file is a new database. */
function checkFile(path: string): void {
  let file: number;
  try {
    mkdirSync(dirname(path), { recursive: true });
    file = openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw inaccessible(path, error);
  }
  try {
    const { size } = fstatSync(file);
    if (size === 0) return;
    const bytes = Buffer.alloc(Math.min(size, 100));
    readSync(file, bytes);
    const header = fileHeader(bytes);
    if ('problem' in header) throw corrupt(path, header.problem);
    if (header.formatVersion > FORMAT_VERSION) throw newerFormat(path, header.formatVersion);
  } catch (error) {
    throw error instanceof StorageOpenError ? error : inaccessible(path, error);
  } finally {
    closeSync(file);
  }
}

/**
 * Where a crash has left a write-ahead log, merely closing the database would merge it into the file: so the check that may
 * refuse the file comes first, on a connection that cannot write.
 */
function checkAfterCrash(path: string): void {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  const index = `${path}-shm`;
  const hadIndex = existsSync(index);
  const database = new SqliteDatabase(path, { readonly: true, timeout: 0 });
  try {
    checkStructure(path, database);
    // Reading is what checks the values; of an older format, the structure must do.
    if (database.pragma('user_version', { simple: true }) !== FORMAT_VERSION) return;
    for (const _ of new SqliteLog(database).current());
  } finally {
    database.close();
    if (!hadIndex) rmSync(index, { force: true });
  }
}

/**
 * - An exclusive lock, held until the end: one process a store. The write-ahead log then also needs no shared-memory file.
 * - A commit waits for the disk (the write-ahead log alone would only survive the death of the process, not of the machine).
 * - Four megabytes of pages instead of sixteen: what is written is seldom read again.
 * - Once 500 pages are in the write-ahead log they move into the file, and it is written over: less than the limit, so that it need not be
 *   grown and cut again and again.
 */
const SETTINGS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA page_size = ${PAGE_BYTES};
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -4096;
  PRAGMA wal_autocheckpoint = 500;
  PRAGMA journal_size_limit = 4194304;
`;

function openDatabase(path: string, maxBytes: number | undefined): Database {
  const database = new SqliteDatabase(path, { timeout: 0 });
  try {
    database.exec(SETTINGS);
    database.exec('BEGIN EXCLUSIVE; COMMIT');
    if ((database.pragma('user_version', { simple: true }) as number) === 0) create(database);
    checkStructure(path, database);
    migrate(database, MIGRATIONS);
    if (maxBytes !== undefined) {
      const pageSize = database.pragma('page_size', { simple: true }) as number;
      database.pragma(`max_page_count = ${Math.floor(maxBytes / pageSize)}`);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function create(database: Database): void {
  database.exec(
    `BEGIN; ${SCHEMA} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}; COMMIT`,
  );
  // Into the file itself: its header is what the next start looks at first.
  database.pragma('wal_checkpoint(TRUNCATE)');
}

/** Damage that lies outside the values (those have checksums): better found now than in the midst of a request. */
function checkStructure(path: string, database: Database): void {
  const found = database.pragma('quick_check(1)', { simple: true }) as string;
  if (found !== 'ok') throw corrupt(path, found.split('\n').at(-1)!);
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

function openError(path: string, error: unknown): unknown {
  if (error instanceof StorageOpenError) return error;
  const code = codeOf(error);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new StorageOpenError(
      'in-use',
      path,
      `${path} is in use by another process: stop that one first, or choose another data folder`,
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || error instanceof ChecksumError) {
    return corrupt(path, (error as Error).message, error);
  }
  // A table or column that is not there.
  if (code === 'SQLITE_ERROR') return corrupt(path, (error as Error).message, error);
  return code.startsWith('SQLITE_') ? inaccessible(path, error) : error;
}

const corrupt = (path: string, problem: string, cause?: unknown): StorageOpenError =>
  new StorageOpenError(
    'corrupt',
    path,
    `${path} cannot be used: ${problem}. Put back a copy of the file, or move it away to start with an empty cluster; it has not been changed`,
    { cause },
  );

const newerFormat = (path: string, version: number): StorageOpenError =>
  new StorageOpenError(
    'newer-format',
    path,
    `${path} was written by a newer version of Kubarium (format ${version}, this one knows ${FORMAT_VERSION}): use that version, or another data folder; the file has not been changed`,
  );

const inaccessible = (path: string, error: unknown): StorageOpenError =>
  new StorageOpenError(
    'inaccessible',
    path,
    `${path} cannot be opened: ${(error as Error).message}. Check that the folder exists, may be written, and has room`,
    { cause: error },
  );
