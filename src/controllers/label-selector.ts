/** Label selectors as a yes or no. */
import {
  labelSelectorRequirements,
  matchesLabels,
  SelectorError,
  type Labels,
  type LabelSelectorObject,
} from '../api/label-selector.ts';

export type LabelPredicate = (labels: Labels) => boolean;

/** No selector matches nothing, an empty one all; one that cannot be read matches nothing. */
export function labelPredicate(selector: LabelSelectorObject | undefined): LabelPredicate {
  try {
    const requirements = labelSelectorRequirements(selector);
    return requirements === undefined ? () => false : (labels) => matchesLabels(requirements, labels);
  } catch (error) {
    if (error instanceof SelectorError) return () => false;
    throw error;
  }
}

/** The selector of a Service or of a node: all the labels given. */
export function hasLabels(labels: Labels, wanted: Readonly<Record<string, string>>): boolean {
  for (const key in wanted) if (labels?.[key] !== wanted[key]) return false;
  return true;
}
