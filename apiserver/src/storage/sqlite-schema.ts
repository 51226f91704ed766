import type { Migration } from './migrate.ts';

/** Written into the file's header, so that `file` and we can tell our databases from others: "kubm". */
export const APPLICATION_ID = 0x6b75626d;

/** From each older format to the next one, oldest first; a step that was ever released never changes. The first format is 1. */
export const MIGRATIONS: readonly Migration[] = [
  // It cost a third of a commit, and nothing is found by it.
  'DROP INDEX log_by_key',
];

/** The format of the tables below. A change of them is one more migration. */
export const FORMAT_VERSION = MIGRATIONS.length + 1;

/**
 * Of a new database. Three objects of the usual size fit on a page, of SQLite's usual 4,096 bytes but one: with these, a commit of many
 * writes takes half as long, and one of a single write no longer.
 */
export const PAGE_BYTES = 8192;

/**
 * One append-only table. `previous` is the revision of the entry that this one replaces (0: none; older formats also name the removal
 * that a key made anew comes after). `checksum` is the CRC-32 of the value.
 */
export const SCHEMA = `
CREATE TABLE log (
  revision INTEGER PRIMARY KEY,
  key      TEXT    NOT NULL,
  created  INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  deleted  INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  value    TEXT    NOT NULL
) STRICT;
CREATE TABLE progress (
  compacted INTEGER NOT NULL,
  swept     INTEGER NOT NULL
) STRICT;
INSERT INTO progress VALUES (0, 0);
`;

const MAGIC = 'SQLite format 3\0';
const HEADER_SIZE = 100;

/** What the first bytes of a file say: ours with its format version, or why it is not to be used. */
export type FileHeader = { readonly formatVersion: number } | { readonly problem: string };

/** Reads the 100-byte header of a database file (sqlite.org/fileformat2.html), so that a strange file is never opened for writing. */
export function fileHeader(bytes: Uint8Array): FileHeader {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (header.length < HEADER_SIZE) return { problem: 'it is cut off' };
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) return { problem: 'it is not an SQLite database' };
  if (header.readUInt32BE(68) !== APPLICATION_ID) return { problem: 'it is the database of another program' };
  return { formatVersion: header.readUInt32BE(60) };
}
