/**
 * A backup is the snapshot of a cluster's store together with what makes it that cluster and no other: its certificates,
 * the key of its service account tokens, its address ranges. Kubeconfigs and tokens go on working after a restore.
 *
 * What lies under nodes/ stays where it is: containers and volumes belong to their machine.
 */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { silentLog } from '../base/log.ts';
import { Snapshot, type SnapshotFacts, type SnapshotFile } from '../store/snapshot/snapshot-file.ts';
import { openDirectorySource, openStoreSource, type SnapshotSource } from '../store/snapshot/source.ts';
import { restoreDirectory, restoreInto } from '../store/snapshot/restore.ts';
import { takeSnapshot } from '../store/snapshot/take-snapshot.ts';
import { StoreError } from '../store/store.ts';
import { openEtcd, type EtcdChoice } from './etcd-client.ts';
import { dataDirectoryLayout, openDataDirectory, type DataDirectory } from './data-directory.ts';
import { SetupError } from './setup-error.ts';

/** Parts of the data directory that travel with a backup. */
const travelling = ['certificates', 'network'];
/** All keys of a cluster begin with it, as Kubernetes has them. */
const clusterKeys = '/registry/';

/** Where a cluster's objects are. */
export interface ClusterStore {
  /** Holds the certificates, and the objects unless there is an etcd cluster. */
  readonly dataDirectory: string;
  readonly etcd?: EtcdChoice;
}

export interface BackupOptions extends ClusterStore {
  readonly path: string;
  readonly nowMs: number;
  /** Keys written so far, of how many. */
  readonly progress: (keys: number, count: number) => void;
  readonly signal: AbortSignal;
}

/**
 * The cluster may be running.
 * @throws SetupError when there is none, or the file cannot be written.
 */
export async function backUp(options: BackupOptions): Promise<SnapshotFacts> {
  const layout = dataDirectoryLayout(options.dataDirectory);
  const name = options.etcd?.servers.join(',') ?? layout.path;
  return await explain(`Cannot back up the cluster in "${name}"`, async () => {
    const source = await openSource(options);
    try {
      return await takeSnapshot({
        path: options.path,
        source,
        files: await clusterFiles(layout.path),
        nowMs: options.nowMs,
        progress: (keys) => options.progress(keys, source.count),
        signal: options.signal,
      });
    } finally {
      await source.close();
    }
  });
}

async function openSource({ dataDirectory, etcd }: ClusterStore): Promise<SnapshotSource> {
  if (etcd === undefined) return await openDirectorySource(dataDirectoryLayout(dataDirectory).store);
  const store = await openEtcd(etcd, silentLog);
  const source = await openStoreSource(etcd.servers.join(','), store, clusterKeys);
  return { ...source, close: () => store.close() };
}

export interface RestoreOptions extends ClusterStore {
  readonly path: string;
  /** How far the revision goes on beyond that of the backup; default: beyond whatever the lost cluster may have reached. */
  readonly bump?: number;
  readonly progress: (keys: number, count: number) => void;
}

export interface Restored {
  readonly facts: SnapshotFacts;
  /** The store's revision from here on. */
  readonly revision: number;
}

/** @throws SetupError when the file is damaged or no backup, or there is a cluster where it is to go. */
export async function restore({ path, dataDirectory, etcd, bump, progress }: RestoreOptions): Promise<Restored> {
  return await explain(`Cannot restore "${path}"`, async () => {
    const snapshot = await Snapshot.open(path);
    try {
      const { facts } = snapshot;
      const options = {
        progress: (keys: number) => progress(keys, facts.keys),
        ...(bump === undefined ? {} : { bump }),
      };
      const directory = await openDataDirectory(dataDirectory);
      try {
        await refuseStore(directory);
        await writeFiles(directory.path, snapshot.files());
        // The store comes last: a restore that was cut short can be tried again.
        const revision =
          etcd === undefined
            ? await restoreDirectory(snapshot, directory.store, options)
            : await intoEtcd(etcd, snapshot, options);
        return { facts, revision };
      } finally {
        directory.release();
      }
    } finally {
      snapshot.close();
    }
  });
}

async function refuseStore({ path, store }: DataDirectory): Promise<void> {
  const there = await stat(join(store, 'store.db')).catch(() => undefined);
  if (there === undefined) return;
  throw new SetupError(`Cannot restore into "${path}": it holds a cluster. Choose a new folder with --data-dir`);
}

async function intoEtcd(
  etcd: EtcdChoice,
  snapshot: Snapshot,
  options: { readonly bump?: number; readonly progress: (keys: number) => void },
): Promise<number> {
  const store = await openEtcd(etcd, silentLog);
  try {
    return await restoreInto(store, snapshot, clusterKeys, options);
  } finally {
    await store.close();
  }
}

async function clusterFiles(root: string): Promise<readonly SnapshotFile[]> {
  const files: SnapshotFile[] = [];
  for (const part of travelling) {
    const start = join(root, part);
    const info = await stat(start).catch(() => undefined);
    if (info === undefined) continue;
    const paths = info.isDirectory()
      ? (await readdir(start, { recursive: true })).map((name) => `${part}/${name.replaceAll('\\', '/')}`)
      : [part];
    for (const path of paths.toSorted()) {
      const { mode } = await stat(join(root, path));
      const isFile = (await stat(join(root, path))).isFile();
      if (isFile) files.push({ path, mode: mode & 0o777, content: await readFile(join(root, path)) });
    }
  }
  return files;
}

/** A backup is input like any other: its paths must not lead out of the folder. */
async function writeFiles(root: string, files: readonly SnapshotFile[]): Promise<void> {
  for (const { path, mode, content } of files) {
    const safe = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\\'));
    if (!safe || !travelling.includes(path.split('/')[0] ?? '')) {
      throw new SetupError(
        `The backup holds a file that no backup of Slipway has: "${path}". It was not written by Slipway`,
      );
    }
    await mkdir(dirname(join(root, path)), { recursive: true, mode: 0o700 });
    await writeFile(join(root, path), content, { mode: mode & 0o777 });
  }
}

async function explain<Result>(what: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof SetupError) throw error;
    const known = error instanceof StoreError || (error instanceof Error && 'code' in error);
    if (!known) throw error;
    throw new SetupError(`${what}: ${(error as Error).message}`);
  }
}
