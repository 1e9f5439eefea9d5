/** What is wrong with a term of a node selector when it is made ready for use, which asks for less than the API does. */
import { invalid, notSupported, type FieldError } from '../../api/field-error.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../api/groups/core.v1.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../api/names.ts';

const labelOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];
const fieldOperators = ['In', 'NotIn'];

export function selectorTermErrors(term: NodeSelectorTerm, field: string): readonly FieldError[] {
  const { matchExpressions = [], matchFields = [] } = term;
  return [
    ...matchExpressions.flatMap((each, index) => labelErrors(each, `${field}.matchExpressions[${index}]`)),
    ...matchFields.flatMap((each, index) => fieldErrors(each, `${field}.matchFields[${index}]`)),
  ];
}

function labelErrors({ key, operator, values }: NodeSelectorRequirement, field: string): readonly FieldError[] {
  if (!labelOperators.includes(operator)) return [notSupported(`${field}.operator`, operator, labelOperators)];
  const errors: FieldError[] = [];
  const at = `${field}.values`;
  const faults = qualifiedNameErrors(key);
  if (faults.length > 0) errors.push(invalid(`${field}.key`, key, faults.join('; ')));
  const fault = countFault(operator, values?.length ?? 0);
  if (fault !== undefined) errors.push(invalid(at, values ?? null, fault));
  const isCompared = operator === 'Gt' || operator === 'Lt';
  for (const [index, value] of (values ?? []).entries()) {
    if (isCompared && !/^[+-]?\d+$/.test(value)) {
      errors.push(invalid(`${at}[${index}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"));
    }
  }
  for (const [index, value] of (values ?? []).entries()) {
    const wrong = labelValueErrors(value);
    if (wrong.length > 0) errors.push(invalid(`${at}[${index}][${key}]`, value, wrong.join('; ')));
  }
  return errors;
}

function countFault(operator: string, count: number): string | undefined {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return count === 0 ? "for 'in', 'notin' operators, values set can't be empty" : undefined;
    case 'Gt':
    case 'Lt':
      return count === 1 ? undefined : "for 'Gt', 'Lt' operators, exactly one value is required";
    default:
      return count === 0 ? undefined : 'values set must be empty for exists and does not exist';
  }
}

function fieldErrors({ operator, values }: NodeSelectorRequirement, field: string): readonly FieldError[] {
  if (!fieldOperators.includes(operator)) return [notSupported(`${field}.operator`, operator, fieldOperators)];
  return values?.length === 1 ? [] : [invalid(`${field}.values`, values ?? null, 'must have one element')];
}
