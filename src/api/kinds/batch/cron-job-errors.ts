import { invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { CronJob } from '../../groups/batch.v1.ts';
import { nonNegative } from '../number-errors.ts';
import { jobSpecErrors } from './job-errors.ts';
import { scheduleProblem } from './schedule.ts';

/** Jobs are named after their cron job, with eleven more characters. */
const maxNameLength = 52;

const spellings = new Map(Intl.supportedValuesOf('timeZone').map((name) => [name.toLowerCase(), name]));
/** A part of a time zone's name between slashes. */
const zonePart = /^[A-Za-z._0-9+][A-Za-z._0-9+-]{0,13}$/;

export function cronJobNameErrors(name: string): readonly FieldError[] {
  return name.length > maxNameLength
    ? [invalid('metadata.name', name, `must be no more than ${maxNameLength} characters`)]
    : [];
}

export function cronJobErrors({ spec }: CronJob, old?: CronJob): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (spec.schedule === '') errors.push(requiredField('spec.schedule'));
  else errors.push(...scheduleErrors(spec.schedule, spec.timeZone, old));
  errors.push(...nonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'));
  errors.push(...timeZoneErrors(spec.timeZone, old));
  const policies = ['Allow', 'Forbid', 'Replace'];
  const policy = spec.concurrencyPolicy ?? '';
  if (policy === '') errors.push(requiredField('spec.concurrencyPolicy'));
  else if (!policies.includes(policy)) errors.push(notSupported('spec.concurrencyPolicy', policy, policies));
  errors.push(...jobTemplateErrors(spec.jobTemplate));
  errors.push(...nonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'));
  errors.push(...nonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'));
  return errors;
}

function jobTemplateErrors({ spec }: CronJob['spec']['jobTemplate']): readonly FieldError[] {
  const field = 'spec.jobTemplate.spec';
  const errors: FieldError[] = [...jobSpecErrors(spec, field)];
  if (spec.selector != null) {
    errors.push(invalid(`${field}.selector`, spec.selector, '`selector` will be auto-generated'));
  }
  if (spec.manualSelector === true) {
    errors.push(notSupported(`${field}.manualSelector`, true, ['nil', 'false']));
  }
  return errors;
}

function scheduleErrors(
  schedule: string,
  timeZone: string | undefined,
  old: CronJob | undefined,
): readonly FieldError[] {
  const field = 'spec.schedule';
  const problem = scheduleProblem(schedule, (name) => name === 'Local' || isTimeZone(name));
  const errors: FieldError[] = problem === undefined ? [] : [invalid(field, schedule, problem)];
  if (!schedule.includes('TZ')) return errors;
  const before = old?.spec.schedule.includes('TZ') === true;
  if (!before) {
    errors.push(invalid(field, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  } else if (timeZone != null) {
    errors.push(invalid(field, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
  }
  return errors;
}

function timeZoneErrors(timeZone: string | undefined, old: CronJob | undefined): readonly FieldError[] {
  if (timeZone === undefined || timeZone === old?.spec.timeZone) return [];
  const field = 'spec.timeZone';
  if (timeZone === '') return [invalid(field, timeZone, 'timeZone must be nil or non-empty string')];
  const unknown = invalid(field, timeZone, `unknown time zone ${timeZone}`);
  if (!timeZone.split('/').every((part) => zonePart.test(part) && part !== '.' && part !== '..')) return [unknown];
  const errors: FieldError[] = [];
  if (timeZone.toLowerCase() === 'local') {
    const detail = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    errors.push(invalid(field, timeZone, detail));
  }
  // The original knows this one name by its exact letters.
  return timeZone === 'Local' || isTimeZone(timeZone) ? errors : [...errors, unknown];
}

/** By its exact letters, while the engine takes any case: names that it lists by its list, older ones by their capitals. */
function isTimeZone(name: string): boolean {
  const listed = spellings.get(name.toLowerCase());
  if (listed !== undefined) return listed === name;
  if (!/^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*)*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
