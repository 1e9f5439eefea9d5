/**
 * Affinity and spread may name labels of the pod itself: the values are written into their selectors when the pod is
 * made, so that nobody has to look at the pod again.
 */
import type { Draft } from '../../descriptor.ts';
import type { Pod, PodAffinityTerm } from '../../groups/core.v1.ts';
import type { LabelSelector } from '../../groups/meta.v1.ts';

export function mergeLabelKeys({ spec, metadata }: Draft<Pod>): void {
  const labels = metadata.labels ?? {};
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  for (const affinity of [podAffinity, podAntiAffinity]) {
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) mergeTerm(term, labels);
    for (const { podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
      mergeTerm(podAffinityTerm, labels);
    }
  }
  for (const constraint of spec.topologySpreadConstraints ?? []) {
    merge(constraint.labelSelector, constraint.matchLabelKeys ?? [], 'In', labels);
  }
}

function mergeTerm(term: Draft<PodAffinityTerm>, labels: Readonly<Record<string, string>>): void {
  merge(term.labelSelector, term.matchLabelKeys ?? [], 'In', labels);
  merge(term.labelSelector, term.mismatchLabelKeys ?? [], 'NotIn', labels);
}

function merge(
  selector: Draft<LabelSelector> | null | undefined,
  keys: readonly string[],
  operator: 'In' | 'NotIn',
  labels: Readonly<Record<string, string>>,
): void {
  if (selector == null) return;
  for (const key of keys) {
    const value = labels[key];
    if (value === undefined) continue;
    selector.matchExpressions = [...(selector.matchExpressions ?? []), { key, operator, values: [value] }];
  }
}
