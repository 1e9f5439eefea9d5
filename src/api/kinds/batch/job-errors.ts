import { invalid, notSupported, requiredField, tooLong, type FieldError } from '../../field-error.ts';
import type { Job, JobSpec } from '../../groups/batch.v1.ts';
import { LabelSelector } from '../../groups/meta.v1.ts';
import { PodTemplateSpec } from '../../groups/core.v1.ts';
import { sameValue, samePlain } from '../../equality.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { nonNegative } from '../number-errors.ts';
import { podTemplateErrors } from '../pod/template.ts';
import { failurePolicyErrors, successPolicyErrors } from './job-policy-errors.ts';
import { selectorMatches, labelSelectorErrors } from '../selector-errors.ts';

const maxIndexedParallelism = 100_000;
const maxFailedIndexes = 100_000;
/** Above so many completions, with a limit for each index, parallelism and failures are bounded lower. */
const manyCompletions = 100_000;
const maxOfMany = 10_000;
const maxManagerLength = 63;

export function jobErrors(job: Job): readonly FieldError[] {
  const { spec, metadata } = job;
  const errors: FieldError[] = [];
  errors.push(...jobSpecErrors(spec, 'spec'));
  if (spec.selector == null) errors.push(requiredField('spec.selector'));
  else {
    errors.push(...labelSelectorErrors(spec.selector, 'spec.selector'));
    const labels = spec.template.metadata?.labels ?? {};
    if (!selectorMatches(spec.selector, labels)) {
      errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
    }
  }
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
    const pod = `${metadata.name}-${(spec.completions ?? 0) - 1}`;
    if (dnsLabelErrors(pod).length > 0) {
      errors.push(
        invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${pod}`),
      );
    }
  }
  return errors;
}

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
  if (!managedBy) return [];
  const at = `${field}.managedBy`;
  const [domain = '', ...path] = managedBy.split('/');
  const errors: FieldError[] =
    path.length === 0 || path.join('/') === ''
      ? [invalid(at, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")')]
      : dnsSubdomainErrors(domain).map((text) => invalid(at, domain, text));
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

export function jobUpdateErrors(job: Job, old: Job): readonly FieldError[] {
  const { spec } = job;
  const errors: FieldError[] = [...jobErrors(job), ...completionsChangeErrors(spec, old.spec)];
  if (!sameValue(LabelSelector, spec.selector, old.spec.selector)) {
    errors.push(invalid('spec.selector', spec.selector, 'field is immutable'));
  }
  if (!sameValue(PodTemplateSpec, withSchedulable(spec, old), old.spec.template)) {
    const open = isOpen(old);
    const field = open ? 'spec.template.spec' : 'spec.template';
    errors.push(invalid(field, open ? spec.template.spec : spec.template, 'field is immutable'));
  }
  const fixed = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const;
  for (const name of fixed) {
    if (!samePlain(spec[name], old.spec[name])) {
      errors.push(invalid(`spec.${name}`, spec[name] ?? null, 'field is immutable'));
    }
  }
  return errors;
}

/** The size of an indexed job may change, with its parallelism. */
function completionsChangeErrors(spec: JobSpec, old: JobSpec): readonly FieldError[] {
  if ((spec.completions ?? null) === (old.completions ?? null)) return [];
  const field = 'spec.completions';
  if (spec.completionMode !== 'Indexed') return [invalid(field, spec.completions ?? null, 'field is immutable')];
  // That an indexed job has none is told with the rest of its spec.
  if (spec.completions == null || spec.completions === spec.parallelism) return [];
  return [invalid(field, spec.completions, 'can only be modified in tandem with spec.parallelism')];
}

function isOpen({ spec, status }: Job): boolean {
  return spec.suspend === true && !status.startTime;
}

/** Where its pods go may change while a job is suspended and has not begun. */
function withSchedulable({ template }: JobSpec, old: Job): unknown {
  if (!isOpen(old)) return template;
  const before = old.spec.template;
  const spec: Record<string, unknown> = { ...template.spec };
  for (const name of ['nodeSelector', 'tolerations', 'schedulingGates', 'affinity'] as const) {
    if (name === 'affinity') {
      const { nodeAffinity } = before.spec.affinity ?? {};
      const rest = { ...template.spec.affinity, nodeAffinity };
      if (template.spec.affinity !== undefined || nodeAffinity !== undefined)
        spec[name] = before.spec.affinity === undefined ? undefined : rest;
    } else spec[name] = before.spec[name];
  }
  const { labels, annotations } = before.metadata ?? {};
  return { ...template, metadata: { ...template.metadata, labels, annotations }, spec };
}
