/** PodDisruptionBudgets as preemption asks them. */
import type { PodDisruptionBudget } from '../api/groups/policy.v1.ts';
import { labelSelectorRequirements, matchesLabels } from '../api/label-selector.ts';
import type { DisruptionBudget } from './framework.ts';

/** For preemption a selector that is empty chooses nothing, and pods without labels are in no budget. */
export function disruptionBudget({ metadata, spec, status }: PodDisruptionBudget): DisruptionBudget {
  const requirements = labelSelectorRequirements(spec.selector) ?? [];
  const counted = status.disruptedPods ?? {};
  return {
    namespace: metadata.namespace,
    matches: ({ metadata: { name, labels = {} } }) =>
      requirements.length > 0 &&
      Object.keys(labels).length > 0 &&
      matchesLabels(requirements, labels) &&
      !Object.hasOwn(counted, name),
    disruptionsAllowed: status.disruptionsAllowed,
  };
}
