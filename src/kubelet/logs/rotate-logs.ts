/** Keeps container logs from filling the disk: a log of 10 MiB is set aside, of those the four newest are kept, compressed but the last one. */
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ContainerRuntime } from '../runtimes/runtime.ts';

export interface RotationLimits {
  readonly maxBytes: number;
  /** With the one that is written to. */
  readonly maxFiles: number;
}

export const usualLimits: RotationLimits = { maxBytes: 10 * 1024 * 1024, maxFiles: 5 };

export async function rotateLogs(runtime: ContainerRuntime, nowMs: number, limits: RotationLimits): Promise<void> {
  for (const { id } of await runtime.containers.list({ state: 'running' })) {
    const path = (await runtime.containers.status(id))?.logPath ?? '';
    const found = path === '' ? undefined : await stat(path).catch(() => undefined);
    if (found !== undefined && found.size >= limits.maxBytes) await rotate(runtime, id, path, nowMs, limits);
  }
}

async function rotate(
  runtime: ContainerRuntime,
  containerId: string,
  path: string,
  nowMs: number,
  { maxFiles }: RotationLimits,
): Promise<void> {
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const older = await setAside(path);
  for (const name of older.filter((each) => !each.endsWith('.gz'))) await compress(name);
  const kept = maxFiles - 2;
  const excess = (await setAside(path)).toSorted().slice(0, Math.max(0, older.length - kept));
  for (const name of excess) await rm(name, { force: true });
  await rename(path, `${path}.${stamp}`);
  await runtime.containers.reopenLog(containerId);
}

async function setAside(path: string): Promise<readonly string[]> {
  const names = await readdir(dirname(path));
  return names.filter((name) => name.startsWith(`${basename(path)}.`)).map((name) => join(dirname(path), name));
}

async function compress(path: string): Promise<void> {
  await pipeline(createReadStream(path), createGzip(), createWriteStream(`${path}.gz`));
  await rm(path);
}
