/** Writes a snapshot: whole and proved under its name, or not at all. */
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createSnapshotDatabase, exact, sealSnapshot } from './snapshot-file.ts';
import type { SnapshotFacts, SnapshotFile } from './snapshot-file.ts';
import type { SnapshotSource } from './source.ts';

export interface SnapshotOptions {
  /** Replaced when it exists. */
  readonly path: string;
  readonly source: SnapshotSource;
  readonly files: readonly SnapshotFile[];
  readonly nowMs: number;
  /** Called now and then with the number of keys written. */
  readonly progress?: (keys: number) => void;
  readonly signal?: AbortSignal;
}

/** @throws the signal's reason when it aborts; no file is left then. */
export async function takeSnapshot(options: SnapshotOptions): Promise<SnapshotFacts> {
  const { path, source, nowMs } = options;
  const partial = `${path}.partial-${process.pid}`;
  try {
    const database = await createSnapshotDatabase(partial);
    let keys: number;
    try {
      database.exec('BEGIN');
      keys = await writeEntries(database, options);
      for (const { path: name, mode, content } of options.files) {
        database.prepare('INSERT INTO file VALUES (?, ?, ?)').run(name, mode, content);
      }
      database.prepare('INSERT INTO about VALUES (?, ?, ?)').run(source.revision, nowMs, source.name);
      database.exec('COMMIT');
    } finally {
      database.close();
    }
    await sealSnapshot(partial);
    await rename(partial, path);
    await syncDirectory(dirname(path));
    return { revision: source.revision, takenAtMs: nowMs, source: source.name, keys, bytes: (await stat(path)).size };
  } finally {
    await rm(partial, { force: true });
  }
}

async function writeEntries(database: DatabaseSync, options: SnapshotOptions): Promise<number> {
  const insert = database.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)');
  const leases = new Set<bigint>();
  let keys = 0;
  for await (const page of options.source.pages()) {
    for (const { modRevision, key, createRevision, version, lease, value } of page) {
      insert.run(modRevision, key, createRevision, version, lease, value);
      if (lease !== 0n) leases.add(lease);
    }
    keys += page.length;
    options.progress?.(keys);
    await nextTurn();
    options.signal?.throwIfAborted();
  }
  for (const { id, ttlSeconds } of await options.source.leases(leases)) {
    exact(database, 'INSERT INTO lease VALUES (?, ?)').run(id, ttlSeconds);
  }
  return keys;
}

/** Makes a rename last through a loss of power. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
