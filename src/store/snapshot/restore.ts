/**
 * Makes a store out of a snapshot.
 *
 * Clients remember revisions that the lost store had given out after the snapshot was taken, and the restored one would
 * give them out again for other changes: a watch could go on from there and miss everything. So the revision is raised
 * beyond all of them and everything up to it counts as compacted. Whoever comes with an older one is told that it is too
 * old, and lists again.
 */
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { logPaths } from '../embedded/log-files.ts';
import { openDatabase } from '../embedded/schema.ts';
import { sumOfRow } from '../embedded/value-sum.ts';
import { prefixEnd, StoreError } from '../store.ts';
import type { Operation, Store } from '../store.ts';
import { exact, type Snapshot } from './snapshot-file.ts';
import { syncDirectory } from './take-snapshot.ts';

/** What etcd's documentation recommends for restoring: more changes than a cluster makes between two backups. */
const defaultBump = 1_000_000_000;
const rowsInTurn = 1000;
const operationsInTransaction = 100;

export interface RestoreOptions {
  /** How far beyond the snapshot's revision the store goes on. */
  readonly bump?: number;
  readonly progress?: (keys: number) => void;
}

/**
 * Writes the embedded store's file. Killed half-way, it leaves no store behind, but the directory may stand.
 * @param directory Holds no store yet.
 * @returns The revision that the store goes on from.
 * @throws StoreError `locked` when there is a store already.
 */
export async function restoreDirectory(
  snapshot: Snapshot,
  directory: string,
  options: RestoreOptions = {},
): Promise<number> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'store.db');
  if (await exists(path)) throw new StoreError('locked', `There is a store in "${directory}" already`);
  const partial = join(directory, 'restoring.db');
  for (const suffix of ['', '-wal', '-shm']) await rm(`${partial}${suffix}`, { force: true });
  // Of a store that was here before: its records are none of this one's.
  for (const log of logPaths(directory)) await rm(log, { force: true });
  const revision = snapshot.facts.revision + (options.bump ?? defaultBump);
  const database = openDatabase(partial, Infinity);
  try {
    // The file gets its name when it is whole and on disk.
    database.exec('PRAGMA synchronous = OFF; BEGIN');
    const insert = database.prepare('INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)');
    let position = 0;
    for (const { key, modRevision, createRevision, version, lease, value } of snapshot.entries()) {
      position += 1;
      insert.run(position, modRevision, key, createRevision, version, lease, value, sumOfRow(key, modRevision, value));
      if (position % rowsInTurn !== 0) continue;
      options.progress?.(position);
      await nextTurn();
    }
    for (const { id, ttlSeconds } of snapshot.leases()) {
      exact(database, 'INSERT INTO lease VALUES (?, ?)').run(id, ttlSeconds);
    }
    database.prepare('UPDATE compaction SET revision = ?, swept_position = ?').run(revision, position);
    database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
  const file = await open(partial, 'r+');
  await file.sync();
  await file.close();
  await rename(partial, path);
  await syncDirectory(directory);
  return revision;
}

/**
 * Puts the keys into a store that another program serves. It gives them revisions of its own, so objects get new resource
 * versions; writes of no meaning then bring its revision beyond what clients may remember.
 * @throws StoreError `locked` when the store has keys under the prefix already.
 */
export async function restoreInto(
  store: Store,
  snapshot: Snapshot,
  prefix: string,
  { bump = 10_000, progress }: RestoreOptions = {},
): Promise<number> {
  const { count } = await store.range(prefix, { end: prefixEnd(prefix), countOnly: true });
  if (count > 0) throw new StoreError('locked', `There are ${count} keys under "${prefix}" already`);
  for (const { id, ttlSeconds } of snapshot.leases()) await store.grantLease(ttlSeconds, id);
  let operations: Operation[] = [];
  let keys = 0;
  const write = async (): Promise<void> => {
    if (operations.length > 0) await store.transact([], operations);
    keys += operations.length;
    operations = [];
    progress?.(keys);
  };
  const leases = new Set(snapshot.leases().map(({ id }) => id));
  for (const { key, value, lease } of snapshot.entries()) {
    operations.push({ type: 'put', key, value, lease: leases.has(lease) ? lease : 0n });
    if (operations.length === operationsInTransaction) await write();
  }
  await write();
  return await raiseRevision(store, snapshot.facts.revision + bump, prefix);
}

async function raiseRevision(store: Store, target: number, prefix: string): Promise<number> {
  const key = `${prefix}restore`;
  const inFlight = 256;
  let revision = (await store.transact([], [{ type: 'put', key, value: new Uint8Array(0) }])).revision;
  while (revision < target) {
    const results = await Promise.all(
      Array.from({ length: Math.min(inFlight, target - revision) }, () =>
        store.transact([], [{ type: 'put', key, value: new Uint8Array(0) }]),
      ),
    );
    revision = Math.max(...results.map((result) => result.revision));
  }
  const { revision: end } = await store.transact([], [{ type: 'delete', key }]);
  await store.compact(end);
  return end;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
