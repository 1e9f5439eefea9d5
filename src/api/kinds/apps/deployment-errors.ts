import { forbidden, invalid, notSupported, type FieldError } from '../../field-error.ts';
import type { Deployment, DeploymentStrategy } from '../../groups/apps.v1.ts';
import { nonNegative } from '../number-errors.ts';
import { countOrPercentErrors, notAboveHundredPercent, shareOf } from '../percent-errors.ts';
import { collisionErrors, statusCountErrors } from './status-counts.ts';
import { lastingTemplateErrors, selectedTemplateErrors } from './template-errors.ts';

export function deploymentErrors({ spec }: Deployment): readonly FieldError[] {
  const errors: FieldError[] = [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...selectedTemplateErrors({
      ...spec,
      workload: 'deployment',
      unreadable: 'invalid label selector',
      templateErrors: (template) => lastingTemplateErrors(template, 'ReplicaSet'),
    }),
    ...strategyErrors(spec.strategy ?? {}, 'spec.strategy'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ];
  const deadline = spec.progressDeadlineSeconds;
  if (deadline != null) {
    errors.push(...nonNegative(deadline, 'spec.progressDeadlineSeconds'));
    if (deadline <= (spec.minReadySeconds ?? 0)) {
      errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
    }
  }
  return errors;
}

function strategyErrors({ type = '', rollingUpdate }: DeploymentStrategy, field: string): readonly FieldError[] {
  if (type === 'Recreate') {
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    return rollingUpdate == null ? [] : [forbidden(`${field}.rollingUpdate`, detail)];
  }
  if (type !== 'RollingUpdate') {
    const { maxUnavailable, maxSurge } = rollingUpdate ?? {};
    const shown = {
      Type: type,
      RollingUpdate: rollingUpdate == null ? null : { MaxUnavailable: maxUnavailable ?? 0, MaxSurge: maxSurge ?? 0 },
    };
    return [notSupported(field, shown, ['Recreate', 'RollingUpdate'])];
  }
  const at = `${field}.rollingUpdate`;
  const { maxUnavailable, maxSurge } = rollingUpdate ?? {};
  const errors: FieldError[] = [
    ...countOrPercentErrors(maxUnavailable, `${at}.maxUnavailable`),
    ...countOrPercentErrors(maxSurge, `${at}.maxSurge`),
  ];
  if (shareOf(maxUnavailable) === 0 && shareOf(maxSurge) === 0) {
    errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  return [...errors, ...notAboveHundredPercent(maxUnavailable, `${at}.maxUnavailable`)];
}

export function deploymentStatusErrors({ status }: Deployment, old: Deployment): readonly FieldError[] {
  const total = status.replicas ?? 0;
  const errors: FieldError[] = statusCountErrors(status, [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'terminatingReplicas',
    'collisionCount',
  ]);
  const above = 'cannot be greater than status.replicas';
  for (const name of ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status[name] ?? 0;
    if (count > total) errors.push(invalid(`status.${name}`, count, above));
  }
  const available = status.availableReplicas ?? 0;
  if (available > (status.readyReplicas ?? 0)) {
    errors.push(invalid('status.availableReplicas', available, 'cannot be greater than readyReplicas'));
  }
  return [...errors, ...collisionErrors(status, old.status)];
}
