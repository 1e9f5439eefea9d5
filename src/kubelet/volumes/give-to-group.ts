/** The files of a volume for the group of a pod (`fsGroup`): it owns them, may read and write them, and owns what is added. */
import { chmod, lchown, lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const groupCanUse = 0o660;
const groupCanEnter = 0o2110;

export interface GiveOptions {
  /** A volume whose top belongs to the group already is left as it is. */
  readonly onlyIfRootDiffers: boolean;
}

export async function giveToGroup(root: string, group: number, { onlyIfRootDiffers }: GiveOptions): Promise<void> {
  const top = await stat(root);
  const wanted = groupCanUse | groupCanEnter;
  if (onlyIfRootDiffers && top.gid === group && (top.mode & wanted) === wanted) return;
  const entries = await readdir(root, { recursive: true });
  // The top comes last: it says that all is done.
  for (const entry of [...entries, '']) await giveOne(join(root, entry), group);
}

async function giveOne(path: string, group: number): Promise<void> {
  const { mode, uid } = await lstat(path);
  const kind = mode & 0o170000;
  await lchown(path, uid, group);
  if (kind === 0o120000) return;
  const isFolder = kind === 0o040000;
  await chmod(path, (mode & 0o7777) | groupCanUse | (isFolder ? groupCanEnter : 0));
}
