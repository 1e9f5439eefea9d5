/**
 * Moving house: a cluster's objects from the embedded store to an etcd cluster, or back.
 *
 * It is a backup and a restore in one, with the cluster stopped, so that nothing is written meanwhile. Going to etcd, objects
 * get new resource versions, since etcd gives them out itself; its revision ends beyond the old one and all before counts as
 * compacted, so that every client lists again. Coming back they keep them.
 */
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { backUp, restore, type Restored } from './backup.ts';
import { dataDirectoryLayout, openDataDirectory } from './data-directory.ts';
import type { EtcdChoice } from './etcd-client.ts';
import { SetupError } from './setup-error.ts';

export interface MigrationOptions {
  readonly to: 'etcd' | 'embedded';
  /** Keeps its certificates; its store is put aside, or made. */
  readonly dataDirectory: string;
  readonly etcd: EtcdChoice;
  readonly nowMs: number;
  readonly progress: (what: 'read' | 'written', keys: number, count: number) => void;
  readonly signal: AbortSignal;
}

export interface Migrated extends Restored {
  /** Where the embedded store was put, so that nobody starts on it by mistake. */
  readonly putAside?: string;
}

/** @throws SetupError when the cluster runs, or there is one already where it is to go. */
export async function migrate(options: MigrationOptions): Promise<Migrated> {
  const { to, dataDirectory, etcd, nowMs, signal } = options;
  const layout = dataDirectoryLayout(dataDirectory);
  if ((await stat(layout.path).catch(() => undefined)) === undefined) {
    throw new SetupError(`There is no data directory "${layout.path}"; name the cluster's with --data-dir`);
  }
  // Whoever holds it would go on writing.
  (await openDataDirectory(dataDirectory)).release();
  const path = join(layout.path, 'migration.backup');
  try {
    const source = to === 'etcd' ? { dataDirectory } : { dataDirectory, etcd };
    const progress = (keys: number, count: number): void => options.progress('read', keys, count);
    await backUp({ ...source, path, nowMs, progress, signal });
    const putAside = to === 'etcd' ? `${layout.store}-before-etcd` : undefined;
    if (putAside !== undefined) await putStoreAside(layout.store, putAside);
    try {
      const restored = await restore({
        path,
        dataDirectory,
        bump: 0,
        progress: (keys, count) => options.progress('written', keys, count),
        ...(to === 'etcd' ? { etcd } : {}),
      });
      return putAside === undefined ? restored : { ...restored, putAside };
    } catch (error) {
      if (putAside !== undefined) await rename(putAside, layout.store);
      throw error;
    }
  } finally {
    await rm(path, { force: true });
  }
}

async function putStoreAside(store: string, putAside: string): Promise<void> {
  if ((await stat(putAside).catch(() => undefined)) !== undefined) {
    throw new SetupError(`"${putAside}" is left of an earlier migration. Move it away first`);
  }
  await rename(store, putAside);
}
