import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { Job, JobStatus } from '../../groups/batch.v1.ts';
import { nonNegative } from '../number-errors.ts';

type Count = 'active' | 'succeeded' | 'failed';

export function jobStatusErrors({ spec, status }: Job, old: Job): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['active', 'succeeded', 'failed'] as const)
    errors.push(...nonNegative(status[name], `status.${name}`));
  errors.push(...nonNegative(status.ready, 'status.ready'), ...nonNegative(status.terminating, 'status.terminating'));
  if (status.ready != null && status.ready > (status.active ?? 0)) {
    errors.push(invalid('status.ready', status.ready, 'cannot set more ready pods than active'));
  }
  errors.push(...conditionErrors(status), ...endedErrors(status));
  if (holds(status, 'SuccessCriteriaMet')) {
    for (const type of ['Failed', 'FailureTarget']) {
      const shown = type === 'Failed' ? 'Failed=true' : 'FailureTarget=true';
      if (holds(status, type))
        errors.push(conditionsError(`cannot set SuccessCriteriaMet=True and ${shown} conditions`));
    }
  }
  return [...errors, ...changeErrors(status, old.status, spec.suspend === true)];
}

function conditionErrors(status: JobStatus): readonly FieldError[] {
  const errors: FieldError[] = [];
  const has = (type: string): boolean => holds(status, type);
  const conditions = (detail: string): number => errors.push(conditionsError(detail));
  if (has('Complete') && has('Failed')) conditions('cannot set Complete=True and Failed=true conditions');
  if (has('Complete') && has('FailureTarget')) {
    conditions('cannot set Complete=True and FailureTarget=true conditions');
  }
  if (status.completionTime && !has('Complete')) {
    const detail = 'cannot set completionTime when there is no Complete=True condition';
    errors.push(invalid('status.completionTime', status.completionTime, detail));
  }
  if (has('Complete') && !status.completionTime) {
    errors.push(requiredField('status.completionTime', 'completionTime is required for Complete jobs'));
  }
  if (status.startTime && status.completionTime && status.completionTime < status.startTime) {
    const detail = 'completionTime cannot be set before startTime';
    errors.push(invalid('status.completionTime', status.completionTime, detail));
  }
  if (has('Failed') && !has('FailureTarget')) {
    conditions('cannot set Failed=True condition without the FailureTarget=true condition');
  }
  if (has('Complete') && !has('SuccessCriteriaMet')) {
    conditions('cannot set Complete=True condition without the SuccessCriteriaMet=true condition');
  }
  return errors;
}

/** What a job that has ended may no longer say. */
function endedErrors(status: JobStatus): readonly FieldError[] {
  if (!holds(status, 'Complete') && !holds(status, 'Failed')) return [];
  const errors: FieldError[] = [];
  if ((status.active ?? 0) > 0) {
    errors.push(invalid('status.active', status.active, 'active>0 is invalid for finished job'));
  }
  if (!status.startTime) errors.push(requiredField('status.startTime', 'startTime is required for finished job'));
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  if (succeeded.length + failed.length > 0) {
    const detail = 'uncountedTerminatedPods needs to be empty for finished job';
    errors.push(invalid('status.uncountedTerminatedPods', status.uncountedTerminatedPods, detail));
  }
  return errors;
}

function changeErrors(status: JobStatus, old: JobStatus, suspended: boolean): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const type of ['Failed', 'Complete', 'FailureTarget']) {
    if (!holds(old, type) || holds(status, type)) continue;
    errors.push(conditionsError(`cannot disable the terminal ${type}=True condition`));
  }
  const counts: readonly Count[] = ['failed', 'succeeded'];
  for (const name of counts) {
    const value = status[name] ?? 0;
    if (value < (old[name] ?? 0)) errors.push(invalid(`status.${name}`, value, `cannot decrease the ${name} counter`));
  }
  const { completionTime, startTime } = status;
  if (completionTime && old.completionTime && completionTime !== old.completionTime) {
    errors.push(invalid('status.completionTime', completionTime, 'field is immutable'));
  }
  if (old.startTime && !suspended && startTime !== old.startTime) {
    errors.push(
      startTime
        ? invalid('status.startTime', startTime, 'field is immutable for unsuspended job once set')
        : requiredField('status.startTime', 'startTime cannot be removed for unsuspended job'),
    );
  }
  return errors;
}

function holds(status: JobStatus, wanted: string): boolean {
  return (status.conditions ?? []).some(({ type, status: value }) => type === wanted && value === 'True');
}

/** The conditions are not shown: they are long. */
function conditionsError(detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: 'status.conditions', message: `Invalid value: ${detail}` };
}
