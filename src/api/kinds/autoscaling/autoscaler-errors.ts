import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricTarget } from '../../groups/autoscaling.v2.ts';
import { pathSegmentErrors } from '../../name-rules.ts';
import { nanosOf } from '../pod/resources.ts';

const kinds = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];

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
  return errors;
}

function targetErrors(
  { kind, name, apiVersion = '' }: HorizontalPodAutoscaler['spec']['scaleTargetRef'],
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [part, value] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (value === '') errors.push(requiredField(`${field}.${part}`));
    else errors.push(...pathSegmentErrors(value).map((text) => invalid(`${field}.${part}`, value, text)));
  }
  if (apiVersion.split('/').length > 2) {
    errors.push(invalid(`${field}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  } else if (apiVersion === '') {
    errors.push(invalid(`${field}.apiVersion`, apiVersion, 'apiVersion must specify API group'));
  }
  return errors;
}

function metricErrors(metric: MetricSpec, field: string): readonly FieldError[] {
  const { type } = metric;
  if (type === '') return [requiredField(`${field}.type`, 'must specify a metric source type')];
  if (!kinds.includes(type)) return [notSupported(`${field}.type`, type, kinds)];
  const name = (type.charAt(0).toLowerCase() + type.slice(1)) as
    | 'object'
    | 'pods'
    | 'resource'
    | 'containerResource'
    | 'external';
  const source = metric[name];
  if (source == null)
    return [requiredField(`${field}.${name}`, `must populate information for the given metric source`)];
  const errors: FieldError[] = [];
  if ((name === 'resource' || name === 'containerResource') && metric[name]?.name === '') {
    errors.push(requiredField(`${field}.${name}.name`, 'must specify a resource name'));
  }
  return [...errors, ...metricTargetErrors(source.target, `${field}.${name}.target`)];
}

function metricTargetErrors(target: MetricTarget, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const types = ['Utilization', 'Value', 'AverageValue'];
  if (target.type === '') errors.push(requiredField(`${field}.type`, 'must specify a metric target type'));
  else if (!types.includes(target.type))
    errors.push(invalid(`${field}.type`, target.type, 'must be either Utilization, Value, or AverageValue'));
  for (const name of ['value', 'averageValue'] as const) {
    const amount = target[name];
    if (amount != null && nanosOf(amount) <= 0n) errors.push(invalid(`${field}.${name}`, amount, 'must be positive'));
  }
  if (target.averageUtilization != null && target.averageUtilization < 1) {
    errors.push(invalid(`${field}.averageUtilization`, target.averageUtilization, 'must be greater than 0'));
  }
  return errors;
}
