/** Selectors in access reviews: a right may hold for the selected objects only. What is wrong with them, or unreadable. */
import { parseFieldSelector } from '../../api/field-selector.ts';
import { forbidden, invalid, requiredField, type FieldError } from '../../api/field-error.ts';
import type { ResourceAttributes } from '../../api/groups/authorization.v1.ts';
import { parseLabelSelector, SelectorError } from '../../api/label-selector.ts';
import { qualifiedNameErrors } from '../../api/names.ts';

type Selector = NonNullable<ResourceAttributes['labelSelector'] | ResourceAttributes['fieldSelector']>;
type Requirement = NonNullable<Selector['requirements']>[number];

export function selectorErrors({ fieldSelector, labelSelector }: ResourceAttributes): FieldError[] {
  const at = 'spec.resourceAttributes';
  return [
    ...(fieldSelector === undefined ? [] : errorsOf(fieldSelector, `${at}.fieldSelector`, fieldKeyErrors)),
    ...(labelSelector === undefined ? [] : errorsOf(labelSelector, `${at}.labelSelector`, labelKeyErrors)),
  ];
}

/** Which selectors were left aside because they cannot be read; undefined: none. */
export function unreadableSelectors({ fieldSelector, labelSelector }: ResourceAttributes): string | undefined {
  const ignored = (name: string): string => `spec.resourceAttributes.${name} ignored due to parse error`;
  const texts = [
    ...(reads(() => parseFieldSelector(fieldSelector?.rawSelector ?? '')) ? [] : [ignored('fieldSelector')]),
    ...(reads(() => parseLabelSelector(labelSelector?.rawSelector ?? '')) ? [] : [ignored('labelSelector')]),
  ];
  return texts.length === 0 ? undefined : texts.join(', ');
}

function reads(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (error instanceof SelectorError) return false;
    throw error;
  }
}

type KeyErrors = (key: string, field: string) => readonly FieldError[];

function errorsOf(selector: Selector, field: string, keyErrors: KeyErrors): FieldError[] {
  const { rawSelector = '', requirements = [] } = selector;
  const errors: FieldError[] = [];
  if (rawSelector !== '' && requirements.length > 0) {
    errors.push(invalid(`${field}.rawSelector`, rawSelector, 'may not specified at the same time as requirements'));
  }
  if (rawSelector === '' && requirements.length === 0) {
    const detail = `when ${field} is specified, requirements or rawSelector is required`;
    errors.push(requiredField(`${field}.requirements`, detail));
  }
  const each = requirements as readonly Requirement[];
  return [
    ...errors,
    ...each.flatMap((one, index) => requirementErrors(one, `${field}.requirements[${index}]`, keyErrors)),
  ];
}

function requirementErrors({ key, operator, values = [] }: Requirement, field: string, keyErrors: KeyErrors) {
  const errors: FieldError[] = [];
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    errors.push(requiredField(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
    errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  }
  return [...errors, ...keyErrors(key, `${field}.key`)];
}

const labelKeyErrors: KeyErrors = (key, field) => qualifiedNameErrors(key).map((text) => invalid(field, key, text));
const fieldKeyErrors: KeyErrors = (key, field) => (key === '' ? [requiredField(field, 'must be specified')] : []);
