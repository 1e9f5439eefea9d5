import { invalid, notSupported, requiredField, tooLong, type FieldError } from '../../field-error.ts';
import type { Job, JobSpec } from '../../groups/batch.v1.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { mismatchError } from '../apps/template-errors.ts';
import { domainPathErrors } from '../domain-path.ts';
import { nonNegative } from '../number-errors.ts';
import { podTemplateErrors } from '../pod/template.ts';
import { failurePolicyErrors, successPolicyErrors } from './job-policy-errors.ts';
import { selectorMatches, labelSelectorErrors } from '../selector-errors.ts';

/** Of the labels that name a job, in new versions. */
export const prefix = 'batch.kubernetes.io/';

const maxIndexedParallelism = 100_000;
const maxFailedIndexes = 100_000;
/** Above so many completions, with a limit for each index, parallelism and failures are bounded lower. */
const manyCompletions = 100_000;
const maxOfMany = 10_000;
const maxManagerLength = 63;

/** `prefixed`: the labels with a prefix must be there too; jobs of old versions have them not. */
export function jobErrors(job: Job, prefixed = true): readonly FieldError[] {
  return [...generatedErrors(job, prefixed), ...selectingSpecErrors(job.spec), ...podNameErrors(job)];
}

/** Pods of indexed jobs are named after the job and their index. */
function podNameErrors({ spec, metadata }: Job): readonly FieldError[] {
  if (spec.completionMode !== 'Indexed' || spec.completions == null || spec.completions <= 0) return [];
  const pod = `${metadata.name}-${spec.completions - 1}`;
  if (dnsLabelErrors(pod).length === 0) return [];
  return [invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${pod}`)];
}

/** The spec of a job, with its selector and the labels that this finds. */
export function selectingSpecErrors(spec: JobSpec): readonly FieldError[] {
  const { selector, template } = spec;
  const errors = labelSelectorErrors(selector, 'spec.selector');
  const finds = selector != null && selectorMatches(selector, template.metadata?.labels ?? {});
  return [
    ...jobSpecErrors(spec, 'spec'),
    ...(selector == null ? [requiredField('spec.selector')] : errors),
    ...(errors.length === 0 && !finds ? [mismatchError(template)] : []),
  ];
}

/** A job without a selector of its own finds its pods by labels that name it; other values for them are refused. */
function generatedErrors({ metadata, spec }: Job, prefixed: boolean): readonly FieldError[] {
  const { selector } = spec;
  if (spec.manualSelector === true || selector == null) return [];
  const wanted: Record<string, string> = { 'controller-uid': metadata.uid, 'job-name': metadata.name };
  if (prefixed) for (const label of ['controller-uid', 'job-name']) wanted[`${prefix}${label}`] = wanted[label] ?? '';
  const errors = Object.entries(wanted).flatMap(([label, value]) => labelErrors(spec, label, value));
  if (labelSelectorErrors(selector, '').length === 0 && !selectorMatches(selector, wanted)) {
    errors.push(invalid('spec.selector', selector, '`selector` not auto-generated'));
  }
  return errors;
}

function labelErrors({ template }: JobSpec, label: string, wanted: string): FieldError[] {
  const labels = template.metadata?.labels ?? {};
  const field = `spec.template.metadata.labels[${label}]`;
  const detail = `must be '${wanted}'`;
  if (labels[label] === undefined) return [requiredField(field, detail)];
  return labels[label] === wanted ? [] : [invalid(field, labels, detail)];
}

/** What holds for the spec of any job, also of one that a cron job will make. */
export function jobSpecErrors(spec: JobSpec, field: string): readonly FieldError[] {
  const errors: FieldError[] = [
    ...nonNegative(spec.parallelism, `${field}.parallelism`),
    ...nonNegative(spec.completions, `${field}.completions`),
    ...nonNegative(spec.activeDeadlineSeconds, `${field}.activeDeadlineSeconds`),
    ...nonNegative(spec.backoffLimit, `${field}.backoffLimit`),
    ...nonNegative(spec.ttlSecondsAfterFinished, `${field}.ttlSecondsAfterFinished`),
    ...nonNegative(spec.backoffLimitPerIndex, `${field}.backoffLimitPerIndex`),
    ...nonNegative(spec.maxFailedIndexes, `${field}.maxFailedIndexes`),
    ...(spec.maxFailedIndexes != null && spec.backoffLimitPerIndex == null
      ? [requiredField(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')]
      : []),
    ...managerErrors(spec, field),
    ...completionErrors(spec, field),
    ...failurePolicyErrors(spec, field),
    ...successPolicyErrors(spec, field),
    ...replacementErrors(spec, field),
    ...podTemplateErrors(spec.template, `${field}.template`),
  ];
  const { restartPolicy } = spec.template.spec;
  const at = `${field}.template.spec.restartPolicy`;
  if (restartPolicy === 'Always') errors.push(requiredField(at, 'valid values: "OnFailure", "Never"'));
  else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never') {
    errors.push(notSupported(at, restartPolicy ?? '', ['OnFailure', 'Never']));
  } else if (spec.podFailurePolicy != null && restartPolicy !== 'Never') {
    errors.push(invalid(at, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified'));
  }
  return errors;
}

function managerErrors({ managedBy }: JobSpec, field: string): readonly FieldError[] {
  if (managedBy == null) return [];
  const at = `${field}.managedBy`;
  const errors = domainPathErrors(managedBy, at);
  return managedBy.length > maxManagerLength ? [...errors, tooLong(at, maxManagerLength)] : errors;
}

function completionErrors(spec: JobSpec, field: string): readonly FieldError[] {
  const { completionMode, completions, parallelism, backoffLimitPerIndex, maxFailedIndexes: failures } = spec;
  const modes = ['NonIndexed', 'Indexed'];
  const errors: FieldError[] = [];
  if (completionMode && !modes.includes(completionMode)) {
    errors.push(notSupported(`${field}.completionMode`, completionMode, modes));
  }
  if (completionMode === 'Indexed') {
    if (completions == null) {
      errors.push(requiredField(`${field}.completions`, 'when completion mode is Indexed'));
    }
    if ((parallelism ?? 0) > maxIndexedParallelism) {
      const detail = `must be less than or equal to ${maxIndexedParallelism} when completion mode is Indexed`;
      errors.push(invalid(`${field}.parallelism`, parallelism, detail));
    }
    if (completions != null && failures != null && failures > completions) {
      errors.push(invalid(`${field}.maxFailedIndexes`, failures, 'must be less than or equal to completions'));
    }
    if (failures != null && failures > maxFailedIndexes) {
      const detail = `must be less than or equal to ${maxFailedIndexes}`;
      errors.push(invalid(`${field}.maxFailedIndexes`, failures, detail));
    }
    errors.push(...manyCompletionsErrors(spec, field));
  } else {
    const detail = 'requires indexed completion mode';
    if (backoffLimitPerIndex != null)
      errors.push(invalid(`${field}.backoffLimitPerIndex`, backoffLimitPerIndex, detail));
    if (failures != null) errors.push(invalid(`${field}.maxFailedIndexes`, failures, detail));
  }
  return errors;
}

function manyCompletionsErrors(spec: JobSpec, field: string): readonly FieldError[] {
  const { completions, backoffLimitPerIndex, parallelism, maxFailedIndexes: failures } = spec;
  if ((completions ?? 0) <= manyCompletions || backoffLimitPerIndex == null) return [];
  const errors: FieldError[] = [];
  if (failures == null) {
    const detail = `must be specified when completions is above ${manyCompletions}`;
    errors.push(requiredField(`${field}.maxFailedIndexes`, detail));
  }
  const detail = `must be less than or equal to ${maxOfMany} when completions are above ${manyCompletions} and used with backoff limit per index`;
  if ((parallelism ?? 0) > maxOfMany) errors.push(invalid(`${field}.parallelism`, parallelism, detail));
  if ((failures ?? 0) > maxOfMany) errors.push(invalid(`${field}.maxFailedIndexes`, failures, detail));
  return errors;
}

function replacementErrors({ podReplacementPolicy, podFailurePolicy }: JobSpec, field: string): readonly FieldError[] {
  if (!podReplacementPolicy) return [];
  const known = podFailurePolicy == null ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  return known.includes(podReplacementPolicy)
    ? []
    : [notSupported(`${field}.podReplacementPolicy`, podReplacementPolicy, known)];
}
