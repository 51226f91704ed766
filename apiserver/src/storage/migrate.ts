import type { Database } from 'better-sqlite3';

/** What brings the tables of one format to the next one: SQL, or work on the database. It must not commit. */
export type Migration = string | ((database: Database) => void);

/**
 * Brings a database from its format to the newest, in one transaction: a step that fails, or a process that dies, leaves the old format.
 * `migrations[0]` leads from format 1 to format 2, and so on: so the newest format is one more than there are migrations.
 */
export function migrate(database: Database, migrations: readonly Migration[]): void {
  const from = database.pragma('user_version', { simple: true }) as number;
  const due = migrations.slice(from - 1);
  if (from < 1 || due.length === 0) return;
  database.exec('BEGIN EXCLUSIVE');
  try {
    for (const migration of due) {
      if (typeof migration === 'string') database.exec(migration);
      else migration(database);
    }
    database.pragma(`user_version = ${from + due.length}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
  // Into the file itself: its header is what the next start looks at first.
  database.pragma('wal_checkpoint(TRUNCATE)');
}
