/** Label selectors in specs, checked. */
import { forbidden, invalid, requiredField, type FieldError } from '../field-error.ts';
import type { LabelSelector } from '../groups/meta.v1.ts';
import { labelValueErrors, qualifiedNameErrors } from '../names.ts';
import { labelsErrors } from '../object-meta.ts';

export interface SelectorOptions {
  /** Values of labels may be any text: those of an object that has had an invalid one already. */
  readonly anyLabelValue?: boolean;
}

export function labelSelectorErrors(
  selector: LabelSelector | null | undefined,
  field: string,
  options: SelectorOptions = {},
): readonly FieldError[] {
  if (selector === null || selector === undefined) return [];
  return [
    ...labelsErrors(selector.matchLabels, `${field}.matchLabels`),
    ...(selector.matchExpressions ?? []).flatMap((requirement, index) =>
      requirementErrors(requirement, `${field}.matchExpressions[${index}]`, options),
    ),
  ];
}

/** The selector selects every object. */
export function isEmptySelector(selector: LabelSelector | null | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0;
}

function requirementErrors(
  { key, operator, values = [] }: NonNullable<LabelSelector['matchExpressions']>[number],
  field: string,
  { anyLabelValue = false }: SelectorOptions,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) {
        errors.push(requiredField(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      }
      break;
    default:
      errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  }
  for (const text of qualifiedNameErrors(key)) errors.push(invalid(`${field}.key`, key, text));
  if (anyLabelValue) return errors;
  for (const [index, value] of values.entries()) {
    for (const text of labelValueErrors(value)) errors.push(invalid(`${field}.values[${index}]`, value, text));
  }
  return errors;
}

/** Whether labels meet a selector. */
export function selectorMatches(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}
