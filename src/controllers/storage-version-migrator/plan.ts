/**
 * The next step of a migration. What it has come to stands in its status alone, so that another process goes on where one ended:
 *
 *   no version ──remember──▶ version ──run──▶ Running ──all written──▶ Succeeded
 *        └── not served after a minute ──▶ Failed ◀── refused ──┘
 *
 * Objects newer than the remembered version were written after it and have today's form: they are left alone, also after a
 * restart in the middle, when they are what was written back before it.
 */
import type { Condition } from '../../api/groups/meta.v1.ts';
import type {
  StorageVersionMigration,
  StorageVersionMigrationStatus,
} from '../../api/groups/storagemigration.v1beta1.ts';
import { findCondition } from '../condition.ts';

/** How long a definition may take to be served after its migration was asked for. */
const discoveryMs = 60_000;

export type Step =
  | { readonly type: 'none' }
  /** The resource may be served soon. */
  | { readonly type: 'wait' }
  | { readonly type: 'fail'; readonly why: string }
  /** Up to which version objects are old is not known yet. */
  | { readonly type: 'remember' }
  | { readonly type: 'migrate'; readonly before: bigint };

export function planMigration(migration: StorageVersionMigration, served: boolean, nowMs: number): Step {
  const { status, metadata } = migration;
  if (holds(status, 'Succeeded') || holds(status, 'Failed')) return { type: 'none' };
  if (!served) {
    const late = Date.parse(metadata.creationTimestamp) + discoveryMs <= nowMs;
    return late ? { type: 'fail', why: 'unable to obtain GVR from discovery' } : { type: 'wait' };
  }
  const { resourceVersion = '' } = status;
  return resourceVersion === '' ? { type: 'remember' } : { type: 'migrate', before: BigInt(resourceVersion) };
}

/** An object that was last written at or before the remembered version. */
export const isOld = (resourceVersion: string, before: bigint): boolean => BigInt(resourceVersion) <= before;

/** `now`: a timestamp. */
export const running = (status: StorageVersionMigrationStatus, now: string): StorageVersionMigrationStatus =>
  withCondition(status, conditionOf('Running', 'StorageVersionMigrationInProgress', now));

export const succeeded = (status: StorageVersionMigrationStatus, now: string): StorageVersionMigrationStatus =>
  withCondition(notRunning(status, now), conditionOf('Succeeded', 'StorageVersionMigrationSucceeded', now));

export function failed(status: StorageVersionMigrationStatus, why: string, now: string): StorageVersionMigrationStatus {
  const message = `migration encountered unhandled error: ${why}`;
  return withCondition(notRunning(status, now), conditionOf('Failed', 'StorageVersionMigrationFailed', now, message));
}

function notRunning(status: StorageVersionMigrationStatus, now: string): StorageVersionMigrationStatus {
  const conditions = (status.conditions ?? []).map((one) =>
    one.type === 'Running' && one.status === 'True'
      ? { ...one, status: 'False', lastTransitionTime: now as Condition['lastTransitionTime'] }
      : one,
  );
  return { ...status, conditions };
}

const conditionOf = (type: string, reason: string, now: string, message = ''): Condition => ({
  type,
  status: 'True',
  lastTransitionTime: now as Condition['lastTransitionTime'],
  reason,
  message,
});

function withCondition(status: StorageVersionMigrationStatus, added: Condition): StorageVersionMigrationStatus {
  if (holds(status, added.type)) return status;
  return { ...status, conditions: [...(status.conditions ?? []).filter(({ type }) => type !== added.type), added] };
}

const holds = ({ conditions }: StorageVersionMigrationStatus, type: string): boolean =>
  findCondition(conditions, type)?.status === 'True';
