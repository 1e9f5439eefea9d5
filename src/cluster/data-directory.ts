/**
 * The data directory: everything that a cluster keeps on this machine, held by one process at a time.
 *
 *   format          version of this layout
 *   lock.*          who holds the directory: the same lock as the store has, taken here for the whole
 *   network         number of the pods' and Services' address ranges
 *   kubeconfig      the administrator's way in; kubeconfigs/ those of the components
 *   certificates/   keys and certificates
 *   store/          the objects
 *   nodes/NAME/     one folder a node: pods' volumes, logs, the container runtime
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DataLock } from '../store/embedded/data-lock.ts';
import { StoreError } from '../store/store.ts';
import { SetupError } from './setup-error.ts';

/** Raised when an older Slipway could no longer read what a newer one writes. */
const formatVersion = 1;

export interface DataDirectory {
  readonly path: string;
  readonly certificates: string;
  readonly store: string;
  readonly kubeconfig: string;
  readonly kubeconfigs: string;
  node(name: string): string;
  /** Lets another process take the directory. */
  release(): void;
}

export function defaultDataDirectory(): string {
  return process.getuid?.() === 0 ? '/var/lib/slipway' : join(homedir(), '.slipway');
}

/** Where things lie, without taking the directory: for commands that look at a cluster which another process runs. */
export function dataDirectoryLayout(path: string): Omit<DataDirectory, 'release'> {
  const root = resolve(path);
  return {
    path: root,
    certificates: join(root, 'certificates'),
    store: join(root, 'store'),
    kubeconfig: join(root, 'kubeconfig'),
    kubeconfigs: join(root, 'kubeconfigs'),
    node: (name) => join(root, 'nodes', name),
  };
}

/**
 * Makes the directory if needed and takes it for this process.
 * @throws SetupError when it is held, cannot be written, is of a newer format, or holds something else.
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  const layout = dataDirectoryLayout(path);
  const lock = await explainAccess(layout.path, async () => {
    await mkdir(layout.path, { recursive: true, mode: 0o700 });
    await refuseForeign(layout.path);
    const taken = await takeLock(layout.path);
    try {
      await checkFormat(layout.path);
    } catch (error) {
      taken.release();
      throw error;
    }
    return taken;
  });
  return { ...layout, release: lock.release };
}

async function explainAccess<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      throw new SetupError(
        `Cannot write to the data directory "${path}": permission denied. Run as its owner, or choose another with --data-dir`,
      );
    }
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new SetupError(`Cannot use the data directory "${path}": it is a file. Choose another with --data-dir`);
    }
    if (code === 'ENOSPC') {
      throw new SetupError(
        `Cannot write to the data directory "${path}": the disk is full. Make room, or choose another with --data-dir`,
      );
    }
    throw error;
  }
}

/** A folder with other people's files is a slip of the fingers. */
async function refuseForeign(path: string): Promise<void> {
  const entries = await readdir(path);
  if (entries.every((entry) => entry.startsWith('lock.') || entry === 'lost+found') || entries.includes('format'))
    return;
  throw new SetupError(
    `Cannot use "${path}" as data directory: it has files that are not Slipway's. Choose an empty or new one with --data-dir`,
  );
}

async function takeLock(path: string): Promise<DataLock> {
  // Only here, because it brings SQLite, which commands that only look at the directory do not need.
  const { lockDirectory } = await import('../store/embedded/data-lock.ts');
  try {
    return lockDirectory(path);
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'locked') throw error;
    throw new SetupError(`${error.message}. Stop that one, or choose another with --data-dir`);
  }
}

async function checkFormat(path: string): Promise<void> {
  const file = join(path, 'format');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return await writeFile(file, `${formatVersion}\n`);
  const found = Number(text.trim());
  if (!Number.isInteger(found) || found < 1) {
    throw new SetupError(
      `Cannot use the data directory "${path}": its file "format" says "${text.trim()}". Restore it, or choose another with --data-dir`,
    );
  }
  if (found > formatVersion) {
    throw new SetupError(
      `Cannot use the data directory "${path}": its format ${found} is newer than ${formatVersion}, the newest this Slipway knows. Use the newer Slipway, or choose another with --data-dir`,
    );
  }
}
