/**
 * Backups taken by a running cluster, and the oldest removed.
 *
 *   DIRECTORY/slipway-2026-01-31T12-00-00Z.backup     only files of this name are ever removed
 *
 * Each runs as a process of its own: it reads beside the one that serves, gives its memory back, and what goes wrong
 * in it is a warning here. The first is taken when the last one is older than the interval, so that restarts neither
 * skip nor pile up backups.
 */
import { spawn } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep, type Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

export interface BackupSchedule {
  readonly directory: string;
  readonly intervalMs: number;
  /** Backups kept, at least 1. */
  readonly keep: number;
}

export interface ScheduledBackupsOptions {
  readonly schedule: BackupSchedule;
  readonly clock: Clock;
  readonly log: Log;
  /** Writes one backup to the path; rejects when it cannot. */
  readonly backUp: (path: string, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

const name = /^slipway-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z\.backup$/;

/** Runs until the signal aborts. */
export async function takeScheduledBackups(options: ScheduledBackupsOptions): Promise<void> {
  const { schedule, clock, log, signal } = options;
  while (!signal.aborted) {
    const wait = await takeWhenDue(options).catch((error: unknown) => {
      if (!signal.aborted) log.warn('Cannot take a backup', { directory: schedule.directory, error: String(error) });
      return Math.min(schedule.intervalMs, 60_000);
    });
    await sleep(clock, wait, signal);
  }
}

/** @returns Milliseconds until the next one is due. */
async function takeWhenDue({ schedule, clock, log, backUp, signal }: ScheduledBackupsOptions): Promise<number> {
  const { directory, intervalMs, keep } = schedule;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const existing = await backupsIn(directory);
  const newest = existing.at(-1);
  const now = clock.now();
  // A newest one from the future is a clock that jumped: it must not keep others from being taken.
  if (newest !== undefined && newest.takenAtMs <= now && newest.takenAtMs + intervalMs > now) {
    return newest.takenAtMs + intervalMs - now;
  }
  const path = join(directory, fileName(now));
  await backUp(path, signal);
  log.info('Took a backup', { path });
  for (const old of (await backupsIn(directory)).slice(0, -keep)) await rm(join(directory, old.file), { force: true });
  return intervalMs;
}

/**
 * Runs `slipway backup` of this program.
 * @param where Its flags that say which cluster.
 */
export function backUpInChild(where: readonly string[]): (path: string, signal: AbortSignal) => Promise<void> {
  return (path, signal) =>
    new Promise((resolve, reject) => {
      const [program = ''] = process.argv.slice(1);
      const args = [...process.execArgv, program, 'backup', path, ...where];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], signal });
      let complaint = '';
      child.stderr.on('data', (chunk: Buffer) => {
        complaint = (complaint + chunk.toString()).slice(-1000);
      });
      child.on('error', reject);
      child.on('exit', (code) => {
        if (code === 0) resolve();
        else reject(new Error(complaint.trim() || `the backup ended with status ${code}`));
      });
    });
}

function fileName(nowMs: number): string {
  return `slipway-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup`;
}

/** Oldest first. */
async function backupsIn(directory: string): Promise<readonly { readonly file: string; readonly takenAtMs: number }[]> {
  return (await readdir(directory)).toSorted().flatMap((file) => {
    const [, day, hours, minutes, seconds] = name.exec(file) ?? [];
    return day === undefined ? [] : [{ file, takenAtMs: Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`) }];
  });
}
