/** What an autoscaler looks at, checked: one source for each metric, and a target that fits it. */
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { MetricIdentifier, MetricSpec, MetricTarget } from '../../groups/autoscaling.v2.ts';
import { dnsLabelErrors, pathSegmentErrors } from '../../name-rules.ts';
import { nanosOf } from '../pod/resources.ts';
import { targetErrors, type TargetVersions } from './target-errors.ts';

const kinds = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];

/** In the order in which they are looked at: only the first that is given is checked. */
const sources = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;
type Source = (typeof sources)[number];

/** `versions`: which ones the objects of metrics may have. */
export function metricErrors(metric: MetricSpec, field: string, versions: TargetVersions): readonly FieldError[] {
  const { type } = metric;
  const errors: FieldError[] = [];
  if (type === '') errors.push(requiredField(`${field}.type`, 'must specify a metric source type'));
  if (!kinds.includes(type)) errors.push(notSupported(`${field}.type`, type, kinds));
  const given = sources.filter((name) => metric[name] != null);
  const [first] = given;
  if (first !== undefined) errors.push(...sourceErrors(metric, first, `${field}.${first}`, versions));
  const wanted = type.charAt(0).toLowerCase() + type.slice(1);
  if (!kinds.includes(type)) errors.push(notSupported(`${field}.type`, type, kinds));
  else if (!given.some((name) => name === wanted)) {
    errors.push(requiredField(`${field}.${wanted}`, 'must populate information for the given metric source'));
  }
  if (given.length !== 1) {
    for (const name of given) {
      if (name !== wanted) {
        errors.push(forbidden(`${field}.${name}`, 'must populate the given metric source only'));
      }
    }
  }
  return errors;
}

function sourceErrors(
  metric: MetricSpec,
  source: Source,
  field: string,
  versions: TargetVersions,
): readonly FieldError[] {
  const { object, external, pods, resource, containerResource } = metric;
  const target = `${field}.target`;
  switch (source) {
    case 'object':
      if (object == null) return [];
      return [
        ...targetErrors(object.describedObject, `${field}.describedObject`, versions),
        ...identifierErrors(object.metric, `${field}.metric`),
        ...metricTargetErrors(object.target, target),
        ...eitherError(object.target, target, 'must set either a target value or averageValue'),
      ];
    case 'external':
      if (external == null) return [];
      return [
        ...identifierErrors(external.metric, `${field}.metric`),
        ...metricTargetErrors(external.target, target),
        ...eitherError(external.target, target, 'must set either a target value for metric or a per-pod target'),
        ...(external.target.value != null && external.target.averageValue != null
          ? [forbidden(`${target}.value`, 'may not set both a target value for metric and a per-pod target')]
          : []),
      ];
    case 'pods':
      if (pods == null) return [];
      return [
        ...identifierErrors(pods.metric, `${field}.metric`),
        ...metricTargetErrors(pods.target, target),
        ...(pods.target.averageValue == null
          ? [requiredField(`${target}.averageValue`, 'must specify a positive target averageValue')]
          : []),
      ];
    case 'resource':
      if (resource == null) return [];
      return [...resourceNameErrors(resource.name, field), ...resourceTargetErrors(resource.target, target)];
    default:
      if (containerResource == null) return [];
      return [
        ...resourceNameErrors(containerResource.name, field),
        ...containerErrors(containerResource.container, `${field}.container`),
        ...resourceTargetErrors(containerResource.target, target),
      ];
  }
}

function identifierErrors({ name }: MetricIdentifier, field: string): readonly FieldError[] {
  if (name === '') return [requiredField(`${field}.name`, 'must specify a metric name')];
  return pathSegmentErrors(name).map((text) => invalid(`${field}.name`, name, text));
}

function resourceNameErrors(name: string, field: string): readonly FieldError[] {
  return name === '' ? [requiredField(`${field}.name`, 'must specify a resource name')] : [];
}

function containerErrors(container: string, field: string): readonly FieldError[] {
  if (container === '') return [requiredField(field, 'must specify a container')];
  return dnsLabelErrors(container).map((text) => invalid(field, container, text));
}

function eitherError(target: MetricTarget, field: string, detail: string): readonly FieldError[] {
  return target.value == null && target.averageValue == null ? [requiredField(`${field}.averageValue`, detail)] : [];
}

function resourceTargetErrors(target: MetricTarget, field: string): readonly FieldError[] {
  const errors: FieldError[] = [...metricTargetErrors(target, field)];
  const { averageUtilization, averageValue } = target;
  if (averageUtilization == null && averageValue == null) {
    const detail = 'must set either a target raw value or a target utilization';
    errors.push(requiredField(`${field}.averageUtilization`, detail));
  }
  if (averageUtilization != null && averageValue != null) {
    const detail = 'may not set both a target raw value and a target utilization';
    errors.push(forbidden(`${field}.averageValue`, detail));
  }
  return errors;
}

function metricTargetErrors(target: MetricTarget, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { type } = target;
  if (type === '') errors.push(requiredField(`${field}.type`, 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(type)) {
    errors.push(invalid(`${field}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  }
  for (const name of ['value', 'averageValue'] as const) {
    const amount = target[name];
    if (amount != null && nanosOf(amount) <= 0n) errors.push(invalid(`${field}.${name}`, amount, 'must be positive'));
  }
  if (target.averageUtilization != null && target.averageUtilization < 1) {
    errors.push(invalid(`${field}.averageUtilization`, target.averageUtilization, 'must be greater than 0'));
  }
  return errors;
}
