/**
 * The status of a job, checked when it is written. Controllers of others may write it too, so that it must make sense by
 * itself, and what a job has come to does not turn back.
 *
 * Most rules look only at what the write changes: a status that broke a rule before (or breaks one because the spec
 * changed meanwhile) does not stop other writes.
 */
import { duplicate, invalid, requiredField, type FieldError } from '../../field-error.ts';
import { UncountedTerminatedPods, type Job, type JobStatus } from '../../groups/batch.v1.ts';
import { samePlain, sameValue } from '../../equality.ts';
import { goShape } from '../go-shape.ts';
import { nonNegative } from '../number-errors.ts';
import { hasEnded, holds, type ConditionType } from './job-conditions.ts';
import { indexErrors } from './job-index-errors.ts';

/** Which fields and conditions the write changes. */
interface Changes {
  field(...names: readonly (keyof JobStatus)[]): boolean;
  condition(...types: readonly ConditionType[]): boolean;
  readonly ended: boolean;
}

export function jobStatusErrors(job: Job, old: Job): readonly FieldError[] {
  const { status } = job;
  const changes = changesOf(status, old.status);
  return [
    ...countErrors(status),
    ...conditionErrors(status, changes),
    ...endedErrors(job, changes),
    ...indexErrors(job, { completed: changes.field('completedIndexes'), failed: changes.field('failedIndexes') }),
    ...podErrors(status, changes),
    ...successErrors(job),
    ...changeErrors(job, old),
  ];
}

function changesOf(status: JobStatus, old: JobStatus): Changes {
  return {
    field: (...names) =>
      names.some((name) =>
        name === 'uncountedTerminatedPods'
          ? (status[name] == null) !== (old[name] == null) ||
            !sameValue(UncountedTerminatedPods, status[name], old[name])
          : !samePlain(status[name], old[name]),
      ),
    condition: (...types) => types.some((type) => holds(status, type) !== holds(old, type)),
    ended: hasEnded(status) !== hasEnded(old),
  };
}

function countErrors(status: JobStatus): readonly FieldError[] {
  const counts = ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const;
  return [...counts.flatMap((name) => nonNegative(status[name], `status.${name}`)), ...uncountedErrors(status)];
}

function uncountedErrors({ uncountedTerminatedPods: uncounted }: JobStatus): readonly FieldError[] {
  const seen = new Set<string>();
  return (['succeeded', 'failed'] as const).flatMap((list) =>
    (uncounted?.[list] ?? []).flatMap((uid, index) => {
      const field = `status.uncountedTerminatedPods.${list}[${index}]`;
      if (uid === '') return [invalid(field, uid, 'must not be empty')];
      if (seen.has(uid)) return [duplicate(field, uid)];
      seen.add(uid);
      return [];
    }),
  );
}

function conditionErrors(status: JobStatus, changes: Changes): readonly FieldError[] {
  const errors: FieldError[] = [];
  const complete = holds(status, 'Complete');
  const failed = holds(status, 'Failed');
  if (changes.condition('Complete', 'Failed') && complete && failed) {
    errors.push(conditionsError('cannot set Complete=True and Failed=true conditions'));
  }
  if (changes.condition('Complete', 'FailureTarget') && complete && holds(status, 'FailureTarget')) {
    errors.push(conditionsError('cannot set Complete=True and FailureTarget=true conditions'));
  }
  errors.push(...timeErrors(status, changes));
  if ((changes.condition('Failed') || changes.field('failedIndexes')) && failed && !holds(status, 'FailureTarget')) {
    errors.push(conditionsError('cannot set Failed=True condition without the FailureTarget=true condition'));
  }
  if (changes.condition('Complete', 'SuccessCriteriaMet') && complete && !holds(status, 'SuccessCriteriaMet')) {
    errors.push(conditionsError('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'));
  }
  return errors;
}

function timeErrors(status: JobStatus, changes: Changes): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { startTime, completionTime } = status;
  const field = 'status.completionTime';
  if (changes.condition('Complete') || changes.field('completionTime')) {
    const complete = holds(status, 'Complete');
    if (completionTime && !complete) {
      const detail = 'cannot set completionTime when there is no Complete=True condition';
      errors.push(invalid(field, completionTime, detail));
    }
    if (!completionTime && complete) errors.push(requiredField(field, 'completionTime is required for Complete jobs'));
  }
  const moved = changes.field('startTime', 'completionTime');
  if (moved && startTime && completionTime && Date.parse(completionTime) < Date.parse(startTime)) {
    errors.push(invalid(field, completionTime, 'must be equal to or after `startTime`'));
  }
  return errors;
}

/** What a job that has ended may no longer say. */
function endedErrors({ spec, status }: Job, changes: Changes): readonly FieldError[] {
  if (!hasEnded(status)) return [];
  const errors: FieldError[] = [];
  if ((changes.ended || changes.field('active')) && (status.active ?? 0) > 0) {
    errors.push(invalid('status.active', status.active, 'active>0 is invalid for finished job'));
  }
  const neverBegins = spec.suspend === true && spec.completions === 0;
  if ((changes.ended || changes.field('startTime')) && !neverBegins && !status.startTime) {
    errors.push(requiredField('status.startTime', 'startTime is required for finished job'));
  }
  const { uncountedTerminatedPods: uncounted } = status;
  const left = (uncounted?.succeeded ?? []).length + (uncounted?.failed ?? []).length;
  if ((changes.ended || changes.field('uncountedTerminatedPods')) && left > 0) {
    const shown = goShape(UncountedTerminatedPods, uncounted);
    errors.push(invalid('status.uncountedTerminatedPods', shown, 'must be empty for finished job'));
  }
  return errors;
}

function podErrors(status: JobStatus, changes: Changes): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { terminating, ready, active = 0 } = status;
  if ((changes.ended || changes.field('terminating')) && hasEnded(status) && (terminating ?? 0) > 0) {
    errors.push(invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job'));
  }
  if (changes.field('ready', 'active') && ready != null && ready > active) {
    errors.push(invalid('status.ready', ready, 'cannot set more ready pods than active'));
  }
  return errors;
}

function successErrors({ spec, status }: Job): readonly FieldError[] {
  const errors: FieldError[] = [];
  const met = holds(status, 'SuccessCriteriaMet');
  if (met && holds(status, 'Failed')) {
    errors.push(conditionsError('cannot set SuccessCriteriaMet=True and Failed=true conditions'));
  }
  if (met && holds(status, 'FailureTarget')) {
    errors.push(conditionsError('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'));
  }
  if (spec.successPolicy != null && !met && holds(status, 'Complete')) {
    const detail = 'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True';
    errors.push(conditionsError(detail));
  }
  return errors;
}

function changeErrors({ spec, status }: Job, { status: old }: Job): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const type of ['Failed', 'Complete', 'FailureTarget'] as const) {
    if (holds(old, type) && !holds(status, type)) {
      errors.push(conditionsError(`cannot disable the terminal ${type}=True condition`));
    }
  }
  // An indexed job may be made smaller, and then has fewer indexes that count.
  const elastic = spec.completionMode === 'Indexed' && samePlain(spec.completions, spec.parallelism);
  for (const name of elastic ? (['failed'] as const) : (['failed', 'succeeded'] as const)) {
    const value = status[name] ?? 0;
    if (value < (old[name] ?? 0)) errors.push(invalid(`status.${name}`, value, `cannot decrease the ${name} counter`));
  }
  const { completionTime } = status;
  if (completionTime && old.completionTime && completionTime !== old.completionTime) {
    errors.push(invalid('status.completionTime', completionTime, 'field is immutable'));
  }
  if (spec.suspend !== true) errors.push(...startErrors(status, old));
  if (holds(old, 'SuccessCriteriaMet') && !holds(status, 'SuccessCriteriaMet')) {
    errors.push(conditionsError('cannot disable the SuccessCriteriaMet=True condition'));
  }
  if (holds(old, 'Complete') && !holds(old, 'SuccessCriteriaMet') && holds(status, 'SuccessCriteriaMet')) {
    const detail = 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions';
    errors.push(conditionsError(detail));
  }
  return errors;
}

/** A job begins once, and again each time it is resumed. */
function startErrors(status: JobStatus, old: JobStatus): readonly FieldError[] {
  const { startTime } = status;
  const resumed = holds(old, 'Suspended') && holds(status, 'Suspended', 'False');
  if (!old.startTime || startTime === old.startTime || resumed) return [];
  return [
    startTime
      ? invalid('status.startTime', startTime, 'field is immutable for unsuspended job once set')
      : requiredField('status.startTime', 'startTime cannot be removed for unsuspended job'),
  ];
}

/** The conditions are not shown: they are long. */
function conditionsError(detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: 'status.conditions', message: `Invalid value: ${detail}` };
}
