/** How fast an autoscaler may go, checked. */
import { invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type {
  HorizontalPodAutoscalerBehavior,
  HPAScalingPolicy,
  HPAScalingRules,
} from '../../groups/autoscaling.v2.ts';
import { nanosOf } from '../pod/resources.ts';

const maxWindowSeconds = 3600;
const maxPeriodSeconds = 1800;
const selectPolicies = ['Disabled', 'Max', 'Min'];
const policyTypes = ['Percent', 'Pods'];

export function behaviorErrors(
  behavior: HorizontalPodAutoscalerBehavior | null | undefined,
  field: string,
): readonly FieldError[] {
  return [
    ...rulesErrors(behavior?.scaleUp, `${field}.scaleUp`),
    ...rulesErrors(behavior?.scaleDown, `${field}.scaleDown`),
  ];
}

function rulesErrors(rules: HPAScalingRules | null | undefined, field: string): readonly FieldError[] {
  if (rules == null) return [];
  const errors: FieldError[] = [];
  const { stabilizationWindowSeconds: seconds, selectPolicy, policies = [], tolerance } = rules;
  const window = `${field}.stabilizationWindowSeconds`;
  if (seconds != null && seconds < 0) errors.push(invalid(window, seconds, 'must be greater than or equal to zero'));
  if (seconds != null && seconds > maxWindowSeconds) {
    errors.push(invalid(window, seconds, `must be less than or equal to ${maxWindowSeconds}`));
  }
  if (selectPolicy != null && !selectPolicies.includes(selectPolicy)) {
    errors.push(notSupported(`${field}.selectPolicy`, selectPolicy, selectPolicies));
  }
  if (policies.length === 0) errors.push(requiredField(`${field}.policies`, 'must specify at least one Policy'));
  for (const [index, policy] of policies.entries()) errors.push(...policyErrors(policy, `${field}.policies[${index}]`));
  if (tolerance != null && nanosOf(tolerance) < 0n) {
    errors.push(invalid(`${field}.tolerance`, tolerance, 'must be greater than or equal to 0'));
  }
  return errors;
}

function policyErrors({ type, value, periodSeconds }: HPAScalingPolicy, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!policyTypes.includes(type)) errors.push(notSupported(`${field}.type`, type, policyTypes));
  if (value <= 0) errors.push(invalid(`${field}.value`, value, 'must be greater than zero'));
  const period = `${field}.periodSeconds`;
  if (periodSeconds <= 0) errors.push(invalid(period, periodSeconds, 'must be greater than zero'));
  if (periodSeconds > maxPeriodSeconds) {
    errors.push(invalid(period, periodSeconds, `must be less than or equal to ${maxPeriodSeconds}`));
  }
  return errors;
}
