/** A finished Job with a time to live is deleted, with its pods, when that has passed. */
import type { Job } from '../../api/groups/batch.v1.ts';
import { timeMs } from '../time.ts';

/** When the Job may go; undefined = it stays. */
export function expiresAtMs({ spec, status, metadata }: Job): number | undefined {
  if (spec.ttlSecondsAfterFinished === undefined || metadata.deletionTimestamp !== undefined) return undefined;
  const finished = (status.conditions ?? []).find(
    ({ type, status: value }) => (type === 'Complete' || type === 'Failed') && value === 'True',
  );
  const finishedMs = timeMs(finished?.lastTransitionTime);
  return finishedMs === undefined ? undefined : finishedMs + spec.ttlSecondsAfterFinished * 1000;
}
