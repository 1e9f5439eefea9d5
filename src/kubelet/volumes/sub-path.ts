/**
 * A part of a volume for one container. Whoever can write to the volume may put links into it and swap them at any moment, so the part is
 * opened first, then looked at, and what was opened is mounted: a link that leads out of the volume is refused, and a later swap changes nothing.
 */
import { constants } from 'node:fs';
import { mkdir, open, readlink, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ConfigError } from '../containers/config-error.ts';
import type { Mounts } from './mounts.ts';

/** Answers the path to mount. A folder is made where there is nothing. @throws ConfigError */
export async function pinSubPath(volume: string, subPath: string, pin: string, mounts: Mounts): Promise<string> {
  const refused = new ConfigError(`failed to prepare subPath for volumeMount: "${subPath}" is outside its volume`);
  if (subPath.startsWith('/') || subPath.split('/').includes('..')) throw refused;
  const root = await realpath(volume);
  const wanted = join(root, subPath);
  if ((await stat(wanted).catch(() => undefined)) === undefined) {
    await mkdir(wanted, { recursive: true, mode: 0o750 });
  }
  const file = await open(await realpath(wanted), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const real = process.platform === 'linux' ? await readlink(`/proc/self/fd/${file.fd}`) : await realpath(wanted);
    if (relative(root, real).split('/')[0] === '..') throw refused;
    return await mounts.bind(file.fd, real, pin);
  } finally {
    await file.close();
  }
}
