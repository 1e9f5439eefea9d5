import type { Descriptor } from '../../descriptor.ts';
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { PriorityClass } from '../../groups/scheduling.v1.ts';
import { PriorityClasses } from '../../resources.ts';
import { ageColumn, column, countColumn, nameColumn, table } from '../columns.ts';
import { prepareWithGeneration } from '../prepare.ts';

const systemPrefix = 'system-';
const highestUserValue = 1_000_000_000;
const systemValues: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

export const priorityClassDescriptor: Descriptor<PriorityClass> = {
  resource: PriorityClasses,
  ...prepareWithGeneration<PriorityClass>(PriorityClasses),
  defaults(draft) {
    draft.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  validateCreate: validate,
  validateUpdate: (made, old) => {
    const errors: FieldError[] = [];
    if (made.value !== old.value) errors.push(forbidden('value', 'may not be changed in an update.'));
    if (made.preemptionPolicy !== old.preemptionPolicy) {
      errors.push(invalid('preemptionPolicy', made.preemptionPolicy ?? null, 'field is immutable'));
    }
    return errors;
  },
  table: table<PriorityClass>([
    nameColumn,
    countColumn('Value', ({ value }) => value),
    column('Global-Default', ({ globalDefault }) => globalDefault ?? false, {
      type: 'boolean',
    }),
    ageColumn,
    column('PreemptionPolicy', ({ preemptionPolicy }) => {
      return preemptionPolicy ?? '';
    }),
  ]),
};

function validate({ metadata, value, preemptionPolicy, globalDefault }: PriorityClass): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.name.startsWith(systemPrefix)) {
    const problem = systemProblem(metadata.name, value, globalDefault === true);
    if (problem !== undefined) {
      const detail = `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${problem}`;
      errors.push(forbidden('metadata.name', detail));
    }
  } else if (value > highestUserValue) {
    errors.push(forbidden('value', `maximum allowed value of a user defined priority is ${highestUserValue}`));
  }
  if (preemptionPolicy === '') errors.push(requiredField('preemptionPolicy'));
  else if (preemptionPolicy != null && !['Never', 'PreemptLowerPriority'].includes(preemptionPolicy)) {
    errors.push(notSupported('preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never']));
  }
  return errors;
}

/** Why a class with a name of the system is not the one that this has. */
function systemProblem(name: string, value: number, globalDefault: boolean): string | undefined {
  const wanted = systemValues[name];
  if (wanted === undefined) return `${name} is not a known system priority class`;
  if (value !== wanted) return `value of ${name} PriorityClass must be ${wanted}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}
