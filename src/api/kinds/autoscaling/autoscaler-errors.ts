import { forbidden, invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { HorizontalPodAutoscaler } from '../../groups/autoscaling.v2.ts';
import { nonNegative } from '../number-errors.ts';
import { behaviorErrors } from './behavior-errors.ts';
import { metricErrors } from './metric-errors.ts';
import { targetErrors, versionProblem, type TargetVersions } from './target-errors.ts';

/** What an old autoscaler names wrongly does not stop its changes. */
export function autoscalerErrors(
  { spec }: HorizontalPodAutoscaler,
  old?: HorizontalPodAutoscaler,
): readonly FieldError[] {
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
  errors.push(...targetErrors(spec.scaleTargetRef, 'spec.scaleTargetRef', targetVersions(spec, old?.spec)));
  for (const [index, metric] of (spec.metrics ?? []).entries()) {
    errors.push(...metricErrors(metric, `spec.metrics[${index}]`, metricVersions(old?.spec)));
  }
  if (minReplicas === 0 && !(spec.metrics ?? []).some(({ type }) => type === 'Object' || type === 'External')) {
    const detail = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(forbidden('spec.metrics', detail));
  }
  return [...errors, ...behaviorErrors(spec.behavior, 'spec.behavior')];
}

type Spec = HorizontalPodAutoscaler['spec'];

/** Of the core group only replication controllers can be scaled. */
function targetVersions({ scaleTargetRef }: Spec, old: Spec | undefined): TargetVersions {
  const withGroup = scaleTargetRef.kind !== 'ReplicationController';
  if (old !== undefined && versionProblem(old.scaleTargetRef.apiVersion ?? '', withGroup) !== undefined) return 'any';
  return withGroup ? 'with-group' : 'with-or-without-group';
}

function metricVersions(old: Spec | undefined): TargetVersions {
  const versions = (old?.metrics ?? []).flatMap(({ object }) => object?.describedObject.apiVersion ?? []);
  return versions.some((version) => versionProblem(version, false) !== undefined) ? 'any' : 'with-or-without-group';
}

export function autoscalerStatusErrors({ status }: HorizontalPodAutoscaler): readonly FieldError[] {
  return [
    ...nonNegative(status.currentReplicas, 'status.currentReplicas'),
    ...nonNegative(status.desiredReplicas, 'status.desiredReplicas'),
  ];
}
