import type { Descriptor } from '../../descriptor.ts';
import { invalid, notSupported, type FieldError } from '../../field-error.ts';
import type { PodDisruptionBudget } from '../../groups/policy.v1.ts';
import { PodDisruptionBudgets } from '../../resources.ts';
import { ageColumn, column, countColumn, nameColumn, table } from '../columns.ts';
import { nonNegative } from '../number-errors.ts';
import { conditionsErrors } from '../conditions-errors.ts';
import { countOrPercentErrors, notAboveHundredPercent } from '../percent-errors.ts';
import { prepareWithStatus } from '../prepare.ts';
import { labelSelectorErrors } from '../selector-errors.ts';

export const podDisruptionBudgetDescriptor: Descriptor<PodDisruptionBudget> = {
  resource: PodDisruptionBudgets,
  ...prepareWithStatus<PodDisruptionBudget>(PodDisruptionBudgets),
  unconditionalUpdate: false,
  metadataInUpdate: 'none',
  validateCreate: validate,
  validateUpdate: (budget, _, { subresource }) => (subresource === 'status' ? statusErrors(budget) : validate(budget)),
  table: table<PodDisruptionBudget>([
    nameColumn,
    column('Min Available', ({ spec }) => String(spec.minAvailable ?? 'N/A')),
    column('Max Unavailable', ({ spec }) => String(spec.maxUnavailable ?? 'N/A')),
    countColumn('Allowed Disruptions', ({ status }) => status.disruptionsAllowed ?? 0),
    ageColumn,
  ]),
};

function validate({ spec }: PodDisruptionBudget): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (spec.minAvailable != null && spec.maxUnavailable != null) {
    errors.push(invalid('spec', shown(spec), 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const name of ['minAvailable', 'maxUnavailable'] as const) {
    errors.push(...countOrPercentErrors(spec[name], `spec.${name}`));
    errors.push(...notAboveHundredPercent(spec[name], `spec.${name}`));
  }
  errors.push(...labelSelectorErrors(spec.selector, 'spec.selector'));
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  if (spec.unhealthyPodEvictionPolicy != null && !policies.includes(spec.unhealthyPodEvictionPolicy)) {
    errors.push(notSupported('spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, policies));
  }
  return errors;
}

function statusErrors({ status }: PodDisruptionBudget): readonly FieldError[] {
  return [
    ...conditionsErrors(status.conditions ?? [], 'status.conditions'),
    ...nonNegative(status.disruptionsAllowed, 'status.disruptionsAllowed'),
    ...nonNegative(status.currentHealthy, 'status.currentHealthy'),
    ...nonNegative(status.desiredHealthy, 'status.desiredHealthy'),
    ...nonNegative(status.expectedPods, 'status.expectedPods'),
  ];
}

/** The spec as the original prints it: with the names of its own fields. */
function shown({
  minAvailable,
  selector,
  maxUnavailable,
  unhealthyPodEvictionPolicy,
}: PodDisruptionBudget['spec']): unknown {
  return {
    MinAvailable: minAvailable ?? null,
    Selector: selector ?? null,
    MaxUnavailable: maxUnavailable ?? null,
    UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
  };
}
