/** Replica sets and their older sisters, replication controllers. */
import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { ReplicaSet } from '../../groups/apps.v1.ts';
import type { ReplicationController } from '../../groups/core.v1.ts';
import { labelsErrors } from '../../object-meta.ts';
import { nonNegative } from '../number-errors.ts';
import { statusCountErrors } from './status-counts.ts';
import { runningTemplateErrors, workloadSelectorErrors } from './template-errors.ts';

export function replicaSetErrors({ spec }: ReplicaSet): readonly FieldError[] {
  return [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...workloadSelectorErrors(spec.selector, 'deployment'),
    ...runningTemplateErrors(spec.template, spec.selector),
  ];
}

export function replicationControllerErrors({ spec }: ReplicationController): readonly FieldError[] {
  const selector = spec.selector ?? {};
  const empty = Object.keys(selector).length === 0;
  return [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...(empty ? [requiredField('spec.selector')] : labelsErrors(selector, 'spec.selector')),
    ...runningTemplateErrors(spec.template, { matchLabels: selector }),
  ];
}

interface ReplicaCounts {
  readonly replicas?: number | undefined;
  readonly fullyLabeledReplicas?: number | undefined;
  readonly readyReplicas?: number | undefined;
  readonly availableReplicas?: number | undefined;
  readonly observedGeneration?: number | undefined;
}

export function replicaStatusErrors(status: ReplicaCounts): readonly FieldError[] {
  const errors: FieldError[] = statusCountErrors(status, [
    'replicas',
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
    'observedGeneration',
  ]);
  const above = 'cannot be greater than status.replicas';
  for (const name of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status[name] ?? 0;
    if (count > (status.replicas ?? 0)) errors.push(invalid(`status.${name}`, count, above));
  }
  const available = status.availableReplicas ?? 0;
  if (available > (status.readyReplicas ?? 0)) {
    errors.push(invalid('status.availableReplicas', available, 'cannot be greater than readyReplicas'));
  }
  return errors;
}
