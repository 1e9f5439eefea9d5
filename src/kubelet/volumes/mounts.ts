/** Mounting on this machine; where nothing can be mounted (without root, or for simulated pods) plain folders stand in. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseMounts, unmountBelow } from '../runtimes/leftovers.ts';
import { runProgram } from '../runtimes/run-program.ts';

export interface Mounts {
  /** Files can be given to other users and groups. */
  readonly canOwn: boolean;
  /** Mounts a file system that lives in memory, unless one is there; makes the folder. */
  memory(folder: string, options?: { readonly sizeBytes?: number | undefined }): Promise<void>;
  /** Shows what an open file or folder of this process is at another place; answers that place, or the path where nothing can be mounted. */
  bind(descriptor: number, path: string, target: string): Promise<string>;
  /** Unmounts everything at and below a folder. */
  unmountAll(folder: string): Promise<void>;
}

export const machineMounts: Mounts = {
  canOwn: true,
  async memory(folder, options = {}) {
    await mkdir(folder, { recursive: true });
    const mounted = parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
    if (mounted.some(({ path }) => path === folder)) return;
    const size = options.sizeBytes === undefined ? [] : ['-o', `size=${options.sizeBytes}`];
    await runProgram('mount', ['-t', 'tmpfs', ...size, 'tmpfs', folder]);
  },
  async bind(descriptor, _, target) {
    const source = `/proc/${process.pid}/fd/${descriptor}`;
    if ((await stat(source)).isDirectory()) await mkdir(target, { recursive: true });
    else {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, '');
    }
    await runProgram('mount', ['--no-canonicalize', '--bind', source, target]);
    return target;
  },
  unmountAll: unmountBelow,
};

export const plainFolders: Mounts = {
  canOwn: false,
  async memory(folder) {
    await mkdir(folder, { recursive: true });
  },
  bind: async (_, path) => path,
  async unmountAll() {},
};
