/** Label selectors as objects: who selects by `matchLabels` and `matchExpressions`. No selector matches nothing, an empty one all. */
import type { LabelSelector, LabelSelectorRequirement } from '../api/groups/meta.v1.ts';

export type Labels = Readonly<Record<string, string>>;
export type LabelPredicate = (labels: Labels | undefined) => boolean;

export function labelPredicate(selector: LabelSelector | undefined): LabelPredicate {
  if (selector === undefined) return () => false;
  const wanted = Object.entries(selector.matchLabels ?? {});
  const requirements = selector.matchExpressions ?? [];
  return (labels = {}) =>
    wanted.every(([key, value]) => labels[key] === value) &&
    requirements.every((requirement) => meets(labels, requirement));
}

/** The selector of a Service or a node selector: all the labels given; an empty one matches all. */
export function hasLabels(labels: Labels | undefined, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}

function meets(labels: Labels, { key, operator, values = [] }: LabelSelectorRequirement): boolean {
  const value = labels[key];
  if (operator === 'In') return value !== undefined && values.includes(value);
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  if (operator === 'Exists') return value !== undefined;
  return operator === 'DoesNotExist' && value === undefined;
}
