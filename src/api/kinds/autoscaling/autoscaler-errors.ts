import { forbidden, invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { HorizontalPodAutoscaler } from '../../groups/autoscaling.v2.ts';
import { nonNegative } from '../number-errors.ts';
import { behaviorErrors } from './behavior-errors.ts';
import { metricErrors } from './metric-errors.ts';
import { targetErrors } from './target-errors.ts';

export function autoscalerErrors({ spec }: HorizontalPodAutoscaler): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { minReplicas, maxReplicas } = spec;
  if (minReplicas != null && minReplicas < 1) {
    errors.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  }
  if (maxReplicas === 0) errors.push(requiredField('spec.maxReplicas', 'must be set and greater than 0'));
  else if (maxReplicas < 1) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1'));
  if (minReplicas != null && maxReplicas < minReplicas) {
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  errors.push(...targetErrors(spec.scaleTargetRef, 'spec.scaleTargetRef'));
  for (const [index, metric] of (spec.metrics ?? []).entries()) {
    errors.push(...metricErrors(metric, `spec.metrics[${index}]`));
  }
  if (minReplicas === 0 && !(spec.metrics ?? []).some(({ type }) => type === 'Object' || type === 'External')) {
    const detail = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(forbidden('spec.metrics', detail));
  }
  return [...errors, ...behaviorErrors(spec.behavior, 'spec.behavior')];
}

export function autoscalerStatusErrors({ status }: HorizontalPodAutoscaler): readonly FieldError[] {
  return [
    ...nonNegative(status.currentReplicas, 'status.currentReplicas'),
    ...nonNegative(status.desiredReplicas, 'status.desiredReplicas'),
  ];
}
