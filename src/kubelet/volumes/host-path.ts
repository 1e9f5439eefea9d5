/** A path of the node itself, which must be what its type says. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import type { VolumeKind } from './volume-kind.ts';

export const hostPathVolume: VolumeKind = {
  async setUp(volume) {
    const { path = '', type = '' } = volume.hostPath ?? {};
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) {
      if (type === 'DirectoryOrCreate') await mkdir(path, { recursive: true, mode: 0o755 });
      else if (type === 'FileOrCreate') await writeFile(path, '', { flag: 'a', mode: 0o644 });
      // Without a type the runtime makes a folder where there is nothing.
      else if (type === '') await mkdir(path, { recursive: true, mode: 0o755 });
      else throw new Error(`hostPath type check failed: ${path} is not ${wanted[type] ?? type}`);
      return path;
    }
    const isRight: Readonly<Record<string, boolean>> = {
      '': true,
      DirectoryOrCreate: found.isDirectory(),
      Directory: found.isDirectory(),
      FileOrCreate: found.isFile(),
      File: found.isFile(),
      Socket: found.isSocket(),
      CharDevice: found.isCharacterDevice(),
      BlockDevice: found.isBlockDevice(),
    };
    if (isRight[type] !== true) throw new Error(`hostPath type check failed: ${path} is not ${wanted[type] ?? type}`);
    return path;
  },
};

const wanted: Readonly<Record<string, string>> = {
  DirectoryOrCreate: 'a directory',
  Directory: 'a directory',
  FileOrCreate: 'a file',
  File: 'a file',
  Socket: 'a socket file',
  CharDevice: 'a character device',
  BlockDevice: 'a block device',
};
