/**
 * A backup is the snapshot of a cluster's store together with what makes it that cluster and no other: its certificates,
 * the key of its service account tokens, its address ranges. Kubeconfigs and tokens go on working after a restore.
 *
 * What lies under nodes/ stays where it is: containers and volumes belong to their machine.
 */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Snapshot, type SnapshotFacts, type SnapshotFile } from '../store/snapshot/snapshot-file.ts';
import { openDirectorySource } from '../store/snapshot/source.ts';
import { restoreDirectory } from '../store/snapshot/restore.ts';
import { takeSnapshot } from '../store/snapshot/take-snapshot.ts';
import { StoreError } from '../store/store.ts';
import { dataDirectoryLayout, openDataDirectory } from './data-directory.ts';
import { SetupError } from './setup-error.ts';

/** Parts of the data directory that travel with a backup. */
const travelling = ['certificates', 'network'];

export interface BackupOptions {
  /** Of the cluster; it may be running. */
  readonly dataDirectory: string;
  readonly path: string;
  readonly nowMs: number;
  /** Keys written so far, of how many. */
  readonly progress: (keys: number, count: number) => void;
  readonly signal: AbortSignal;
}

/** @throws SetupError when there is no cluster in the directory, or the file cannot be written. */
export async function backUp(options: BackupOptions): Promise<SnapshotFacts> {
  const layout = dataDirectoryLayout(options.dataDirectory);
  return await explain(`Cannot back up the cluster in "${layout.path}"`, async () => {
    const source = await openDirectorySource(layout.store);
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
      source.close();
    }
  });
}

export interface RestoreOptions {
  readonly path: string;
  /** New or empty. */
  readonly dataDirectory: string;
  readonly bump?: number;
  readonly progress: (keys: number, count: number) => void;
}

export interface Restored {
  readonly facts: SnapshotFacts;
  /** The store's revision from here on. */
  readonly revision: number;
}

/** @throws SetupError when the file is damaged or no backup, or the directory holds a cluster. */
export async function restore({ path, dataDirectory, bump, progress }: RestoreOptions): Promise<Restored> {
  return await explain(`Cannot restore "${path}"`, async () => {
    const snapshot = await Snapshot.open(path);
    try {
      const directory = await openDataDirectory(dataDirectory);
      try {
        const holdsStore = await stat(join(directory.store, 'store.db')).catch(() => undefined);
        if (holdsStore !== undefined) {
          throw new SetupError(
            `Cannot restore into "${directory.path}": it holds a cluster. Choose a new folder with --data-dir`,
          );
        }
        const { facts } = snapshot;
        await writeFiles(directory.path, snapshot.files());
        // The store comes last: a restore that was cut short can be tried again.
        const revision = await restoreDirectory(snapshot, directory.store, {
          progress: (keys) => progress(keys, facts.keys),
          ...(bump === undefined ? {} : { bump }),
        });
        return { facts, revision };
      } finally {
        directory.release();
      }
    } finally {
      snapshot.close();
    }
  });
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
