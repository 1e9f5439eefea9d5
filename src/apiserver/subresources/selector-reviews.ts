/** Selectors in access reviews: a right may hold for the selected objects only. What is wrong with them, or unreadable. */
import { parseFieldSelector } from '../../api/field-selector.ts';
import { forbidden, invalid, requiredField, type FieldError } from '../../api/field-error.ts';
import type { ResourceAttributes } from '../../api/groups/authorization.v1.ts';
import { parseLabelSelector, SelectorError, type LabelOperator } from '../../api/label-selector.ts';
import { qualifiedNameErrors } from '../../api/names.ts';
import type { ResourceAccess } from '../authorization/authorizer.ts';

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

/** The selectors as an authorizer takes them; those that cannot be read, or not be expressed, are left out. */
export function selectorsOf({
  fieldSelector: fields,
  labelSelector: labels,
}: ResourceAttributes): Pick<ResourceAccess, 'fieldSelector' | 'labelSelector'> {
  const fieldSelector = fields === undefined ? undefined : readFields(fields);
  const labelSelector = labels === undefined ? undefined : readLabels(labels);
  return {
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
  };
}

function readFields({ rawSelector = '', requirements = [] }: Selector): ResourceAccess['fieldSelector'] {
  if (rawSelector !== '') return parsed(() => parseFieldSelector(rawSelector));
  const read = (requirements as readonly Requirement[]).flatMap(({ key, operator, values = [] }) => {
    const [value] = values;
    if (value === undefined || values.length > 1) return [];
    if (operator !== 'In' && operator !== 'NotIn') return [];
    return [{ field: key, operator: operator === 'In' ? ('=' as const) : ('!=' as const), value }];
  });
  return read.length === 0 ? undefined : read;
}

const labelOperators: Readonly<Record<string, LabelOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

function readLabels({ rawSelector = '', requirements = [] }: Selector): ResourceAccess['labelSelector'] {
  if (rawSelector !== '') return parsed(() => parseLabelSelector(rawSelector));
  const read = (requirements as readonly Requirement[]).flatMap(({ key, operator: written, values = [] }) => {
    const operator = labelOperators[written];
    return operator === undefined ? [] : [{ key, operator, values: values.toSorted() }];
  });
  return read.length === 0 ? undefined : read;
}

function parsed<T>(parse: () => T): T | undefined {
  return reads(parse) ? parse() : undefined;
}
