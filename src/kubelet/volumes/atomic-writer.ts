/**
 * Puts files into a volume so that readers see all of the old content or all of the new, never a mixture:
 *
 *   volume/app.conf ─► ..data/app.conf        ..data ─► ..2026_11_22_10_00_00.0123   (the only thing that is swapped)
 *
 * Nothing is written when the content is already there.
 */
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Payload } from './payload.ts';

export interface WriteOptions {
  readonly nowMs: number;
  /** Group of every file, which may read it; undefined: root's. */
  readonly group: number | undefined;
}

/** Answers whether anything changed. */
export async function writeAtomically(folder: string, payload: Payload, options: WriteOptions): Promise<boolean> {
  checkPaths(payload);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const current = await readlink(join(folder, '..data')).catch(() => undefined);
  if (current !== undefined && (await holds(join(folder, current), payload))) return false;
  const fresh = await writeFresh(folder, payload, options);
  await rm(join(folder, '..data_tmp'), { force: true });
  await symlink(fresh, join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  await linkNames(folder, new Set([...payload.keys()].map((path) => path.split('/')[0] ?? '')));
  if (current !== undefined && current !== fresh) await rm(join(folder, current), { recursive: true, force: true });
  return true;
}

function checkPaths(payload: Payload): void {
  for (const path of payload.keys()) {
    const parts = path.split('/');
    if (path === '' || path.startsWith('/') || parts.includes('..') || path.startsWith('..')) {
      throw new Error(`invalid path "${path}": it must be relative, without ".."`);
    }
  }
}

async function writeFresh(folder: string, payload: Payload, { nowMs, group }: WriteOptions): Promise<string> {
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-T:]/g, '_');
  const name = `..${stamp}.${Math.floor(performance.now() * 1000)}`;
  const root = join(folder, name);
  await mkdir(root, { mode: 0o755 });
  if (group !== undefined) await chown(root, 0, group);
  for (const [path, { data, mode, uid }] of payload) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    await writeFile(file, data);
    if (group !== undefined || uid !== undefined) await chown(file, uid ?? 0, group ?? 0);
    await chmod(file, group === undefined ? mode : mode | 0o440);
  }
  return name;
}

async function holds(root: string, payload: Payload): Promise<boolean> {
  const present = await filesBelow(root, '');
  if (present.length !== payload.size) return false;
  for (const path of present) {
    const wanted = payload.get(path);
    if (wanted === undefined || !(await readFile(join(root, path))).equals(wanted.data)) return false;
    if (((await stat(join(root, path))).mode & 0o777 & ~0o440) !== (wanted.mode & 0o777 & ~0o440)) return false;
  }
  return true;
}

async function filesBelow(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const nested = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(root, path) : [path];
    }),
  );
  return nested.flat();
}

/** Names that users see point through `..data`; those that are no longer there go. */
async function linkNames(folder: string, names: ReadonlySet<string>): Promise<void> {
  const present = (await readdir(folder)).filter((name) => !name.startsWith('..'));
  for (const name of names) if (!present.includes(name)) await symlink(join('..data', name), join(folder, name));
  for (const name of present) if (!names.has(name)) await rm(join(folder, name), { recursive: true, force: true });
}
