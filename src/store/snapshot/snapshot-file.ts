/**
 * The snapshot file: the current state of a store, whichever store it was, in one file that proves itself.
 *
 *   SQLite database                     32 bytes
 *   about · entry · lease · file        SHA-256 of all before
 *
 * The sum stands at the end, as in etcd's snapshots, so that a file that was cut or changed on its way is refused before
 * anything is restored from it. SQLite does not mind the extra bytes: any SQLite tool can read the file.
 *
 *   about   one row: revision of the state, when it was taken (milliseconds since 1970), where from
 *   entry   one row a key, as in `Entry` of store.ts
 *   lease   leases that keys belong to
 *   file    what else makes the cluster itself: certificates and the like, by their path in the data directory
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { StoreError } from '../store.ts';
import type { Entry, Lease } from '../store.ts';

/** "Slpb": tells a snapshot from a store. */
const applicationId = 0x536c7062;
const formatVersion = 1;
const sumBytes = 32;

const tables = `
  CREATE TABLE about (revision INTEGER NOT NULL, taken_at_ms INTEGER NOT NULL, source TEXT NOT NULL) STRICT;
  CREATE TABLE entry (
    mod_revision INTEGER NOT NULL,
    key TEXT NOT NULL,
    create_revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    value BLOB NOT NULL
  ) STRICT;
  CREATE TABLE lease (id INTEGER PRIMARY KEY, ttl_seconds INTEGER NOT NULL) STRICT;
  CREATE TABLE file (path TEXT PRIMARY KEY, mode INTEGER NOT NULL, content BLOB NOT NULL) STRICT;
`;

/** A file of the cluster that travels with its state. */
export interface SnapshotFile {
  /** In the data directory, with '/' between its parts. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly content: Uint8Array;
}

export interface SnapshotFacts {
  /** Of the store when the snapshot was taken. */
  readonly revision: number;
  readonly takenAtMs: number;
  /** Where it was taken from, for people. */
  readonly source: string;
  readonly keys: number;
  readonly bytes: number;
}

/** @param path Must not exist. Written for its owner alone: it holds all secrets of the cluster. */
export async function createSnapshotDatabase(path: string): Promise<DatabaseSync> {
  await (await open(path, 'wx', 0o600)).close();
  const database = new DatabaseSync(path);
  // Nobody sees the file before it is whole and on disk: sealSnapshot() and the rename after it see to that.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192');
  database.exec(`${tables} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion}`);
  return database;
}

/** Adds the sum to a database that was closed, and brings all to disk. */
export async function sealSnapshot(path: string): Promise<void> {
  const sum = await sumOf(path, (await stat(path)).size);
  const file = await open(path, 'a');
  try {
    await file.write(sum);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A snapshot whose sum was found right. */
export class Snapshot {
  readonly facts: SnapshotFacts;
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync, bytes: number) {
    this.#database = database;
    const about = database.prepare('SELECT revision, taken_at_ms, source FROM about').get();
    const { keys } = database.prepare('SELECT count(*) AS keys FROM entry').get() ?? {};
    this.facts = {
      revision: Number(about?.['revision']),
      takenAtMs: Number(about?.['taken_at_ms']),
      source: String(about?.['source']),
      keys: Number(keys),
      bytes,
    };
  }

  /** @throws StoreError `corrupt` for a file that is no snapshot or was damaged, `newer-format`; whatever opening a file throws. */
  static async open(path: string): Promise<Snapshot> {
    const bytes = await verifySum(path);
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      if (pragma(database, 'application_id') !== applicationId) throw notASnapshot(path);
      const version = pragma(database, 'user_version');
      if (version > formatVersion) {
        const message = `"${path}" has format ${version}; this version of Slipway reads formats up to ${formatVersion}`;
        throw new StoreError('newer-format', message);
      }
      return new Snapshot(database, bytes);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** All entries in the order of their revisions. */
  *entries(): Generator<Entry, void> {
    const select =
      'SELECT key, value, create_revision, mod_revision, version, lease FROM entry ORDER BY mod_revision, key';
    for (const row of exact(this.#database, select).iterate()) {
      const value = row['value'];
      yield {
        key: String(row['key']),
        value: value instanceof Uint8Array ? value : new Uint8Array(0),
        createRevision: Number(row['create_revision']),
        modRevision: Number(row['mod_revision']),
        version: Number(row['version']),
        lease: bigint(row['lease']),
      };
    }
  }

  leases(): readonly Lease[] {
    const rows = exact(this.#database, 'SELECT id, ttl_seconds FROM lease').all();
    return rows.map((row) => ({ id: bigint(row['id']), ttlSeconds: Number(row['ttl_seconds']) }));
  }

  files(): readonly SnapshotFile[] {
    return this.#database
      .prepare('SELECT path, mode, content FROM file ORDER BY path')
      .all()
      .map((row) => {
        const content = row['content'];
        return {
          path: String(row['path']),
          mode: Number(row['mode']),
          content: content instanceof Uint8Array ? content : new Uint8Array(0),
        };
      });
  }

  close(): void {
    this.#database.close();
  }
}

/** Reads integers as bigints: ids of leases have 64 bits, and an INSERT answers with the row's. */
export function exact(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return statement;
}

export function bigint(value: SQLOutputValue | undefined): bigint {
  return typeof value === 'bigint' ? value : 0n;
}

/** Size of the whole file in bytes. */
async function verifySum(path: string): Promise<number> {
  const { size } = await stat(path);
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(16);
    await file.read(head, 0, head.length, 0);
    if (head.toString('latin1') !== 'SQLite format 3\0') throw notASnapshot(path);
    const expected = Buffer.alloc(sumBytes);
    await file.read(expected, 0, sumBytes, size - sumBytes);
    if (expected.equals(await sumOf(path, size - sumBytes))) return size;
  } finally {
    await file.close();
  }
  throw new StoreError(
    'corrupt',
    `"${path}" was cut short or changed since it was written: its SHA-256 sum is wrong. Take another backup`,
  );
}

async function sumOf(path: string, length: number): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { end: length - 1, highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest();
}

function notASnapshot(path: string): StoreError {
  return new StoreError('corrupt', `"${path}" is no snapshot of Slipway`);
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
