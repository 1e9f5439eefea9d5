/** The flags of scheduled backups, for the commands that hold a store. */
import { resolve } from 'node:path';
import type { Log } from '../base/log.ts';
import { systemClock } from '../base/clock.ts';
import { backUpInChild, takeScheduledBackups, type BackupSchedule } from '../cluster/scheduled-backups.ts';
import type { Flag, Invocation } from './command.ts';
import { etcdAddressFlags } from './etcd-client-flags.ts';
import { UsageError } from './usage-error.ts';

export const backupFlags: Readonly<Record<string, Flag>> = {
  'backup-dir': { value: 'DIR', help: 'Take backups into this folder now and then.' },
  'backup-interval': { value: 'MINUTES', help: 'Time between two backups (default 60).' },
  'backup-keep': { value: 'N', help: 'Backups to keep; older ones are removed (default 24).' },
};

/** @throws UsageError when the others are given without the folder. */
export function readBackupFlags(flags: Invocation['flags']): BackupSchedule | undefined {
  const directory = flags.text('backup-dir');
  const minutes = flags.number('backup-interval', 1, 100_000);
  const keep = flags.number('backup-keep', 1, 100_000);
  if (directory === undefined && (minutes !== undefined || keep !== undefined)) {
    throw new UsageError('--backup-interval and --backup-keep need --backup-dir');
  }
  if (directory === undefined) return undefined;
  return { directory: resolve(directory), intervalMs: (minutes ?? 60) * 60_000, keep: keep ?? 24 };
}

/** Takes backups until the function that it returns is called; that waits for the one under way to end. */
export function startScheduledBackups(
  schedule: BackupSchedule | undefined,
  dataDirectory: string,
  { flags, log }: { readonly flags: Invocation['flags']; readonly log: Log },
): () => Promise<void> {
  if (schedule === undefined) return () => Promise.resolve();
  const controller = new AbortController();
  const { signal } = controller;
  const etcd = Object.keys(etcdAddressFlags).flatMap((name) => {
    const value = flags.text(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const backUp = backUpInChild(['--data-dir', dataDirectory, ...etcd]);
  const running = takeScheduledBackups({ schedule, clock: systemClock, log: log.named('backup'), backUp, signal });
  return () => {
    controller.abort();
    return running;
  };
}
