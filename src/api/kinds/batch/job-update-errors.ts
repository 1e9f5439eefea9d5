/** What may change in a job: how fast and how long it runs; of its pods only where they go and what they take, while it is suspended. */
import { invalid, type FieldError } from '../../field-error.ts';
import { PodFailurePolicy, SuccessPolicy, type Job, type JobSpec } from '../../groups/batch.v1.ts';
import { PodSpec, PodTemplateSpec, type Affinity, type Container } from '../../groups/core.v1.ts';
import { LabelSelector } from '../../groups/meta.v1.ts';
import { sameValue, samePlain } from '../../equality.ts';
import { goShape } from '../go-shape.ts';
import { goPodSpec } from '../pod/spec-difference.ts';
import { holds } from './job-conditions.ts';
import { jobErrors, prefix, selectingSpecErrors } from './job-errors.ts';

const immutable = 'field is immutable';

export function jobUpdateErrors(job: Job, old: Job): readonly FieldError[] {
  const labels = old.spec.template.metadata?.labels ?? {};
  const prefixed = labels[`${prefix}job-name`] !== undefined && labels[`${prefix}controller-uid`] !== undefined;
  const { spec } = job;
  return [
    // The original checks the spec twice; its causes show it.
    ...jobErrors(job, prefixed),
    ...selectingSpecErrors(spec),
    ...completionsErrors(spec, old.spec),
    ...(sameValue(LabelSelector, spec.selector, old.spec.selector)
      ? []
      : [invalid('spec.selector', spec.selector, immutable)]),
    ...templateErrors(spec.template, old),
    ...fixedErrors(spec, old.spec),
  ];
}

function fixedErrors(spec: JobSpec, old: JobSpec): readonly FieldError[] {
  const fixed = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const;
  return fixed
    .filter((name) => !samePlain(spec[name], old[name]))
    .map((name) => invalid(`spec.${name}`, shown(spec, name), immutable));
}

function shown(spec: JobSpec, name: keyof JobSpec): unknown {
  const value = spec[name] ?? null;
  if (value === null) return null;
  if (name === 'podFailurePolicy') return goShape(PodFailurePolicy, value);
  return name === 'successPolicy' ? goShape(SuccessPolicy, value) : value;
}

/** The size of an indexed job may change, with its parallelism. */
function completionsErrors(spec: JobSpec, old: JobSpec): readonly FieldError[] {
  if ((spec.completions ?? null) === (old.completions ?? null)) return [];
  const field = 'spec.completions';
  if (spec.completionMode !== 'Indexed') return [invalid(field, spec.completions ?? null, immutable)];
  // That an indexed job has none is told with the rest of its spec.
  if (spec.completions == null || spec.completions === spec.parallelism) return [];
  return [invalid(field, spec.completions, 'can only be modified in tandem with spec.parallelism')];
}

function templateErrors(template: PodTemplateSpec, old: Job): readonly FieldError[] {
  const before = old.spec.template;
  if (!isOpen(old)) {
    if (sameValue(PodTemplateSpec, template, before)) return [];
    return [invalid('spec.template', { ...template.metadata, Spec: goPodSpec(template.spec) }, immutable)];
  }
  if (sameValue(PodSpec, withOpenFields(before.spec, template.spec), template.spec)) return [];
  return [invalid('spec.template.spec', goPodSpec(template.spec), immutable)];
}

/** Suspended, and without pods: it has not begun, or its pods are gone. */
function isOpen({ spec, status }: Job): boolean {
  const emptied = holds(status, 'Suspended') && (status.active ?? 0) === 0;
  return spec.suspend === true && (!status.startTime || emptied);
}

/** The old spec with what may change taken from the new one. */
function withOpenFields(before: PodSpec, after: PodSpec): unknown {
  const { nodeSelector, tolerations, schedulingGates } = after;
  return {
    ...before,
    nodeSelector,
    tolerations,
    schedulingGates,
    affinity: openAffinity(before.affinity, after.affinity),
    containers: withResources(before.containers, after.containers),
    initContainers: withResources(before.initContainers, after.initContainers),
  };
}

/** Only the affinity to nodes may change; all of it may go when there was nothing else. */
function openAffinity(before: Affinity | undefined, after: Affinity | undefined): Affinity | undefined {
  const nodeAffinity = after?.nodeAffinity;
  const rest = { ...before, nodeAffinity } as Affinity;
  if (after == null && rest.podAffinity == null && rest.podAntiAffinity == null) return undefined;
  return before == null && after == null ? undefined : rest;
}

type Containers = readonly Container[] | undefined;

function withResources(before: Containers, after: Containers): unknown {
  if (before?.length !== after?.length) return before;
  return before?.map((container, index) => {
    const wanted = after?.[index];
    return wanted?.name === container.name ? { ...container, resources: wanted.resources } : container;
  });
}
