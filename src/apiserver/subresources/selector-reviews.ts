/** Selectors in access reviews: a right may hold for the selected objects only. What is wrong with them, or unreadable. */
import { parseFieldSelector } from '../../api/field-selector.ts';
import { forbidden, invalid, requiredField, type FieldError } from '../../api/field-error.ts';
import type { ResourceAttributes } from '../../api/groups/authorization.v1.ts';
import { parseLabelSelector, SelectorError, type LabelOperator } from '../../api/label-selector.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../api/names.ts';
import type { ResourceAccess } from '../authorization/authorizer.ts';

type Selector = NonNullable<ResourceAttributes['labelSelector'] | ResourceAttributes['fieldSelector']>;
type Requirement = NonNullable<Selector['requirements']>[number];

export function selectorErrors({ fieldSelector, labelSelector }: ResourceAttributes): FieldError[] {
  const at = 'spec.resourceAttributes';
  return [
    ...(fieldSelector === undefined ? [] : errorsOf(fieldSelector, `${at}.fieldSelector`, fieldRequirementErrors)),
    ...(labelSelector === undefined ? [] : errorsOf(labelSelector, `${at}.labelSelector`, labelRequirementErrors)),
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

type RequirementErrors = (requirement: Requirement, field: string) => readonly FieldError[];

function errorsOf(selector: Selector, field: string, ofRequirement: RequirementErrors): FieldError[] {
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
  return [...errors, ...each.flatMap((one, index) => ofRequirement(one, `${field}.requirements[${index}]`))];
}

function valuesErrors({ operator, values = [] }: Requirement, field: string): readonly FieldError[] {
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    return [requiredField(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
  }
  return (operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0
    ? [forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    : [];
}

const fieldRequirementErrors: RequirementErrors = (requirement, field) => [
  ...(requirement.key === '' ? [requiredField(`${field}.key`, 'must be specified')] : []),
  ...valuesErrors(requirement, field),
];

const labelRequirementErrors: RequirementErrors = (requirement, field) => [
  ...valuesErrors(requirement, field),
  ...qualifiedNameErrors(requirement.key).map((text) => invalid(`${field}.key`, requirement.key, text)),
  ...(requirement.values ?? []).flatMap((value, index) =>
    labelValueErrors(value).map((text) => invalid(`${field}.values[${index}]`, value, text)),
  ),
];

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
