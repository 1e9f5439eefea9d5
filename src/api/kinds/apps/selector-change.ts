import { sameValue } from '../../equality.ts';
import { invalid, type FieldError } from '../../field-error.ts';
import { LabelSelector } from '../../groups/meta.v1.ts';

type Selector = LabelSelector | null | undefined;

/** Pods that a workload found once must not be lost to it. */
export function selectorChangeErrors(after: Selector, before: Selector): readonly FieldError[] {
  return sameValue(LabelSelector, after, before) ? [] : [invalid('spec.selector', after, 'field is immutable')];
}
