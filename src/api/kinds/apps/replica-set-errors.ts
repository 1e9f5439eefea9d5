/** Replica sets and their older sisters, replication controllers. */
import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { ReplicaSet } from '../../groups/apps.v1.ts';
import type { ReplicationController } from '../../groups/core.v1.ts';
import { nonNegative } from '../number-errors.ts';
import { statusCountErrors } from './status-counts.ts';
import { lastingTemplateErrors, mismatchError, selectedTemplateErrors } from './template-errors.ts';

export function replicaSetErrors({ spec }: ReplicaSet): readonly FieldError[] {
  return [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...selectedTemplateErrors({
      selector: spec.selector,
      template: spec.template ?? { spec: {} },
      workload: 'deployment',
      unreadable: 'invalid label selector',
      templateErrors: (template) => lastingTemplateErrors(template, 'ReplicaSet'),
    }),
  ];
}

export function replicationControllerErrors({ spec }: ReplicationController): readonly FieldError[] {
  const { template } = spec;
  const selector = Object.entries(spec.selector ?? {});
  const errors: FieldError[] = [...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds')];
  if (selector.length === 0) errors.push(requiredField('spec.selector'));
  errors.push(...nonNegative(spec.replicas, 'spec.replicas'));
  if (template == null) return [...errors, requiredField('spec.template')];
  const labels = template.metadata?.labels ?? {};
  if (selector.some(([key, value]) => labels[key] !== value)) errors.push(mismatchError(template));
  return [...errors, ...lastingTemplateErrors(template, 'ReplicationController')];
}

interface ReplicaCounts {
  readonly replicas?: number | undefined;
  readonly fullyLabeledReplicas?: number | undefined;
  readonly readyReplicas?: number | undefined;
  readonly availableReplicas?: number | undefined;
  readonly observedGeneration?: number | undefined;
  readonly terminatingReplicas?: number | null | undefined;
}

export function replicaStatusErrors(status: ReplicaCounts): readonly FieldError[] {
  const errors: FieldError[] = statusCountErrors(status, [
    'replicas',
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
    'observedGeneration',
    'terminatingReplicas',
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
