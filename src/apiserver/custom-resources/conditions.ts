/** Conditions in the status of a CustomResourceDefinition. */
import type { CustomResourceDefinition, CustomResourceDefinitionCondition } from '../../api/groups/apiextensions.v1.ts';
import { formatTime } from '../../api/time.ts';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

export function conditionOf(
  { status }: CustomResourceDefinition,
  type: string,
): CustomResourceDefinitionCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

export const isConditionTrue = (definition: CustomResourceDefinition, type: string): boolean =>
  conditionOf(definition, type)?.status === 'True';

/** The conditions with the given ones in place of those of their type; the time changes with the status alone. */
export function withConditions(
  before: readonly CustomResourceDefinitionCondition[] | null | undefined,
  conditions: readonly Condition[],
  nowMs: number,
): readonly CustomResourceDefinitionCondition[] {
  const result = [...(before ?? [])];
  for (const condition of conditions) {
    const index = result.findIndex(({ type }) => type === condition.type);
    const old = result[index];
    const lastTransitionTime = old?.status === condition.status ? old.lastTransitionTime : formatTime(nowMs);
    const next = { ...old, ...condition, lastTransitionTime } as CustomResourceDefinitionCondition;
    if (index < 0) result.push(next);
    else result[index] = next;
  }
  return result;
}

const approvalAnnotation = 'api-approved.kubernetes.io';
const proposal = 'see https://github.com/kubernetes/enhancements/pull/1111';

/** Groups of the Kubernetes project itself say who approved their API; undefined for all others. */
export function approvalCondition({ metadata, spec }: CustomResourceDefinition): Condition | undefined {
  if (!/(?:^|\.)(?:k8s\.io|kubernetes\.io)$/.test(spec.group)) return undefined;
  const annotation = metadata.annotations?.[approvalAnnotation] ?? '';
  const type = 'KubernetesAPIApprovalPolicyConformant';
  const subject = `protected groups must have approval annotation "${approvalAnnotation}"`;
  if (annotation === '') {
    return { type, status: 'False', reason: 'MissingAnnotation', message: `${subject}, ${proposal}` };
  }
  if (annotation.startsWith('unapproved')) {
    const message = `not approved: ${JSON.stringify(annotation)}`;
    return { type, status: 'False', reason: 'UnapprovedAnnotation', message };
  }
  if (URL.canParse(annotation)) {
    return { type, status: 'True', reason: 'ApprovedAnnotation', message: `approved in ${annotation}` };
  }
  const message = `${subject} with either a URL or a reason starting with "unapproved", ${proposal}`;
  return { type, status: 'False', reason: 'InvalidAnnotation', message };
}
