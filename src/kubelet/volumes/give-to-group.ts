/**
 * The files of a volume for the group of a pod (`fsGroup`): it owns them, may read and write them, and owns what is added.
 *
 * Another pod may use the volume meanwhile and put a link where a file or a folder was. So each thing is opened without
 * following links, below the folder that is held open, and changed through what was opened.
 */
import { constants } from 'node:fs';
import { lchown, open, readdir, stat, type FileHandle } from 'node:fs/promises';

const groupCanUse = 0o660;
const groupCanEnter = 0o2110;
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
/** Links and sockets cannot be opened; they have no permissions that would matter. */
const unopenable = new Set(['ELOOP', 'ENXIO']);

export interface GiveOptions {
  /** A volume whose top belongs to the group already is left as it is. */
  readonly onlyIfRootDiffers: boolean;
}

export async function giveToGroup(root: string, group: number, { onlyIfRootDiffers }: GiveOptions): Promise<void> {
  const top = await stat(root);
  const wanted = groupCanUse | groupCanEnter;
  if (onlyIfRootDiffers && top.gid === group && (top.mode & wanted) === wanted) return;
  const handle = await open(root, O_RDONLY);
  try {
    await giveOpened(handle, group);
  } finally {
    await handle.close();
  }
}

/** What is inside goes first: the top says that all is done. */
async function giveOpened(handle: FileHandle, group: number): Promise<void> {
  const found = await handle.stat();
  const isFolder = found.isDirectory();
  if (isFolder) {
    const folder = `/proc/self/fd/${handle.fd}`;
    for (const name of await readdir(folder)) await giveEntry(`${folder}/${name}`, group);
  }
  await handle.chown(found.uid, group);
  await handle.chmod((found.mode & 0o7777) | groupCanUse | (isFolder ? groupCanEnter : 0));
}

async function giveEntry(path: string, group: number): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (!unopenable.has(code)) throw error;
    await lchown(path, -1, group);
    return;
  }
  try {
    await giveOpened(handle, group);
  } finally {
    await handle.close();
  }
}
