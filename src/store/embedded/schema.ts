/**
 * The database file: its tables, its settings, and whether it is ours to open.
 *
 * `change` is append-only: one row for each change of a key, in the order of revisions. `position` is the rowid, so rows
 * are added at the end of the table. The index holds all but the value, so that opening reads the index and nothing else.
 */
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store.ts';

/** Written into the file as SQLite's user_version. A change that older programs cannot read raises it. */
export const formatVersion = 4;
/** SQLite's own upper limit. */
const maxPages = 4_294_967_294;
/** "Slpw": tells the file from other people's databases. */
const applicationId = 0x536c7077;

/** Random, never 0. */
export const newSalt = '((random() & 4294967295) | 1)';

const tables = `
  CREATE TABLE change (
    position INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    key TEXT NOT NULL,
    create_revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    value BLOB NOT NULL,
    -- See value-sum.ts; null in rows that format 1 wrote.
    sum INTEGER
  ) STRICT;
  CREATE INDEX change_by_key ON change (key, revision, create_revision, version, lease, deleted);
  CREATE TABLE lease (id INTEGER PRIMARY KEY, ttl_seconds INTEGER NOT NULL) STRICT;
  CREATE TABLE compaction (
    -- Changes at and below this revision can no longer be read one by one.
    revision INTEGER NOT NULL,
    -- Rows up to here have been swept.
    swept_position INTEGER NOT NULL,
    -- The last record of the write log that is in here. See write-log.ts.
    log_sequence INTEGER NOT NULL DEFAULT 0,
    -- With which the sums of those records begin; 0 in a store that format 3 made, until it is opened.
    log_salt INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  INSERT INTO compaction VALUES (0, 0, 0, ${newSalt});
`;

/**
 * @param maxBytes Writes fail with `no-space` when the file would grow beyond this.
 * @throws StoreError `newer-format` or `corrupt`.
 */
export function openDatabase(path: string, maxBytes: number): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    prepare(database, path, maxBytes);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function prepare(database: DatabaseSync, path: string, maxBytes: number): void {
  const version = readPragma(database, 'user_version');
  const owner = readPragma(database, 'application_id');
  const empty = readPragma(database, 'schema_version') === 0;
  if (!empty && owner !== applicationId) {
    throw new StoreError('corrupt', `"${path}" is a database, but not one of Slipway's`);
  }
  if (version > formatVersion) {
    throw new StoreError(
      'newer-format',
      `its format is ${version}, and this version of Slipway reads formats up to ${formatVersion}; use the newer version that wrote it`,
    );
  }
  // Before there is a log of SQLite's: without the salt, what is in the store's own log could not be read.
  if (empty) create(database);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  // Checkpoints copy pages from the log into the file: seldom enough not to be felt, often enough to keep the log small.
  database.exec('PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 33554432; PRAGMA cache_size = -8000');
  const pages = Math.min(maxPages, Math.floor(maxBytes / readPragma(database, 'page_size')));
  database.exec(`PRAGMA max_page_count = ${pages}`);
  if (!empty) upgrade(database, version);
}

function create(database: DatabaseSync): void {
  database.exec(`BEGIN IMMEDIATE; ${tables}`);
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion}; COMMIT`);
}

/** What each format added to the one before. */
const additions: readonly (readonly [version: number, sql: string])[] = [
  [2, 'ALTER TABLE change ADD COLUMN sum INTEGER'],
  [3, 'ALTER TABLE compaction ADD COLUMN log_sequence INTEGER NOT NULL DEFAULT 0'],
  [4, 'ALTER TABLE compaction ADD COLUMN log_salt INTEGER NOT NULL DEFAULT 0'],
];

function upgrade(database: DatabaseSync, version: number): void {
  const missing = additions.filter(([added]) => added > version).map(([, sql]) => sql);
  if (missing.length === 0) return;
  database.exec(`BEGIN IMMEDIATE; ${missing.join('; ')}; PRAGMA user_version = ${formatVersion}; COMMIT`);
}

export function readPragma(database: DatabaseSync, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get();
  return Number(row?.[name]);
}
