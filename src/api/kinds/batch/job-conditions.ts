import type { JobStatus } from '../../groups/batch.v1.ts';

export type ConditionType = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet' | 'Suspended';

/** Whether the job has a condition, with that very status. */
export function holds({ conditions }: JobStatus, wanted: ConditionType, value = 'True'): boolean {
  return (conditions ?? []).some(({ type, status }) => type === wanted && status === value);
}

export function hasEnded(status: JobStatus): boolean {
  return holds(status, 'Complete') || holds(status, 'Failed');
}
