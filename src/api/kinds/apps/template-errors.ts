/** The pod templates of workloads that keep a number of pods running. */
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { PodTemplateSpec } from '../../groups/core.v1.ts';
import type { LabelSelector } from '../../groups/meta.v1.ts';
import { podTemplateErrors } from '../pod/template.ts';
import { isEmptySelector, labelSelectorErrors, selectorMatches } from '../selector-errors.ts';

type Selector = LabelSelector | null | undefined;

export interface SelectedTemplate {
  readonly selector: Selector;
  readonly template: PodTemplateSpec;
  /** As the error for an empty selector calls the workload. */
  readonly workload: string;
  /** What the error for a selector that cannot be read says more; default: nothing. */
  readonly unreadable?: string;
  /** What is wrong with the template by itself. */
  readonly templateErrors: (template: PodTemplateSpec) => readonly FieldError[];
}

/** The selector, and a template whose pods it finds. A selector that cannot be read hides what is wrong with the template. */
export function selectedTemplateErrors(spec: SelectedTemplate): readonly FieldError[] {
  const { selector, template, workload, unreadable = '', templateErrors } = spec;
  const field = 'spec.selector';
  if (selector == null) return [requiredField(field), mismatchError(template), ...templateErrors(template)];
  const errors: FieldError[] = [...labelSelectorErrors(selector, field)];
  const readable = errors.length === 0;
  if (isEmptySelector(selector)) errors.push(invalid(field, selector, `empty selector is invalid for ${workload}`));
  if (!readable) return [...errors, invalid(field, selector, unreadable)];
  if (!selectorMatches(selector, template.metadata?.labels ?? {})) errors.push(mismatchError(template));
  return [...errors, ...templateErrors(template)];
}

export function mismatchError({ metadata }: PodTemplateSpec, field = 'spec.template'): FieldError {
  return invalid(`${field}.metadata.labels`, metadata?.labels, '`selector` does not match template `labels`');
}

/** A template for pods that run for ever. `workload`: as the error for a deadline calls it. */
export function lastingTemplateErrors(
  template: PodTemplateSpec,
  workload: string,
  field = 'spec.template',
): readonly FieldError[] {
  return [...podTemplateErrors(template, field), ...lastingPodErrors(template, workload, field)];
}

/** Pods that run for ever neither end nor stay down. */
export function lastingPodErrors({ spec }: PodTemplateSpec, workload: string, field: string): readonly FieldError[] {
  const { restartPolicy, activeDeadlineSeconds } = spec;
  const errors: FieldError[] = [];
  if (restartPolicy !== 'Always') {
    errors.push(notSupported(`${field}.spec.restartPolicy`, restartPolicy ?? '', ['Always']));
  }
  if (activeDeadlineSeconds != null) {
    const detail = `activeDeadlineSeconds in ${workload} is not Supported`;
    errors.push(forbidden(`${field}.spec.activeDeadlineSeconds`, detail));
  }
  return errors;
}
