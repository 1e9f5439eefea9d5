/** The pod templates of workloads that keep a number of pods running. */
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { PodTemplateSpec } from '../../groups/core.v1.ts';
import type { LabelSelector } from '../../groups/meta.v1.ts';
import { podTemplateErrors } from '../pod/template.ts';
import { isEmptySelector, labelSelectorErrors, selectorMatches } from '../selector-errors.ts';

type Selector = LabelSelector | null | undefined;

/** `workload`: as the error for an empty selector calls it. */
export function workloadSelectorErrors(selector: Selector, workload: string): readonly FieldError[] {
  if (selector === null || selector === undefined) return [requiredField('spec.selector')];
  const errors = [...labelSelectorErrors(selector, 'spec.selector')];
  if (isEmptySelector(selector)) {
    errors.push(invalid('spec.selector', selector, `empty selector is invalid for ${workload}`));
  }
  return errors;
}

/** The template must make pods that the selector finds and that run for ever. */
export function runningTemplateErrors(
  template: PodTemplateSpec | undefined,
  selector: Selector,
  field = 'spec.template',
): readonly FieldError[] {
  if (template === undefined) return [requiredField(field)];
  const errors: FieldError[] = [];
  const labels = template.metadata?.labels;
  if (selector == null || (!isEmptySelector(selector) && !selectorMatches(selector, labels ?? {}))) {
    errors.push(invalid(`${field}.metadata.labels`, labels, '`selector` does not match template `labels`'));
  }
  errors.push(...podTemplateErrors(template, field));
  const { restartPolicy, activeDeadlineSeconds } = template.spec;
  if (restartPolicy !== 'Always') {
    errors.push(notSupported(`${field}.spec.restartPolicy`, restartPolicy ?? '', ['Always']));
  }
  if (activeDeadlineSeconds != null) {
    errors.push(
      forbidden(`${field}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported'),
    );
  }
  return errors;
}
