import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { Job, JobStatus } from '../../groups/batch.v1.ts';
import { nonNegative } from '../number-errors.ts';

type Count = 'active' | 'succeeded' | 'failed';

export function jobStatusErrors({ status }: Job, old: Job): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['active', 'succeeded', 'failed'] as const)
    errors.push(...nonNegative(status[name], `status.${name}`));
  errors.push(...nonNegative(status.ready, 'status.ready'), ...nonNegative(status.terminating, 'status.terminating'));
  if (status.ready != null && status.ready > (status.active ?? 0)) {
    errors.push(invalid('status.ready', status.ready, 'cannot set more ready pods than active'));
  }
  errors.push(...conditionErrors(status), ...decreaseErrors(status, old.status));
  return errors;
}

function conditionErrors(status: JobStatus): readonly FieldError[] {
  const holds = (wanted: string): boolean =>
    (status.conditions ?? []).some(({ type, status: value }) => type === wanted && value === 'True');
  const errors: FieldError[] = [];
  const conditions = (detail: string): number =>
    errors.push({ type: 'FieldValueInvalid', field: 'status.conditions', message: `Invalid value: ${detail}` });
  if (holds('Complete') && holds('Failed')) conditions('cannot set Complete=True and Failed=true conditions');
  if (status.completionTime && !holds('Complete')) {
    const detail = 'cannot set completionTime when there is no Complete=True condition';
    errors.push(invalid('status.completionTime', status.completionTime, detail));
  }
  if (holds('Complete') && !status.completionTime) {
    errors.push(requiredField('status.completionTime', 'completionTime is required for Complete jobs'));
  }
  if (holds('Failed') && !holds('FailureTarget')) {
    conditions('cannot set Failed=True condition without the FailureTarget=true condition');
  }
  if (holds('Complete') && !holds('SuccessCriteriaMet')) {
    conditions('cannot set Complete=True condition without the SuccessCriteriaMet=true condition');
  }
  if ((holds('Complete') || holds('Failed')) && !status.startTime) {
    errors.push(requiredField('status.startTime', 'startTime is required for finished job'));
  }
  return errors;
}

function decreaseErrors(status: JobStatus, old: JobStatus): readonly FieldError[] {
  const counts: readonly Count[] = ['failed', 'succeeded'];
  return counts
    .filter((name) => (status[name] ?? 0) < (old[name] ?? 0))
    .map((name) => invalid(`status.${name}`, status[name] ?? 0, `cannot decrease the ${name} counter`));
}
