/** Conditions that a device wants before pods are bound to the node that has it, and those that end the wait. */
import { duplicate, invalid, type FieldError } from '../../field-error.ts';
import type { Device } from '../../groups/resource.v1.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { repeats } from '../../repeats.ts';
import { itemsErrors } from './device-names.ts';

const maxConditions = 4;

type Conditions = Pick<Device, 'bindingConditions' | 'bindingFailureConditions'>;

export function bindingConditionsErrors(
  { bindingConditions: wanted = [], bindingFailureConditions: failures = [] }: Conditions,
  field: string,
): readonly FieldError[] {
  const wantedField = `${field}.bindingConditions`;
  const failuresField = `${field}.bindingFailureConditions`;
  const errors: FieldError[] = [...namesErrors(wanted, wantedField), ...namesErrors(failures, failuresField)];
  for (const index of repeats(wanted)) errors.push(duplicate(`${wantedField}[${index}]`, wanted[index]));
  const known = new Set(wanted);
  const again = repeats(failures);
  for (const [index, name] of failures.entries()) {
    if (again.has(index)) errors.push(duplicate(`${failuresField}[${index}]`, name));
    if (known.has(name)) {
      const why = 'bindingFailureConditions must not overlap with bindingConditions';
      errors.push(invalid(`${failuresField}[${index}]`, name, why));
    }
  }
  if (wanted.length === 0 && failures.length > 0) {
    const why = 'bindingConditions are required to use bindingFailureConditions';
    errors.push(invalid(wantedField, null, why));
  }
  if (failures.length === 0 && wanted.length > 0) {
    const why = 'bindingFailureConditions are required to use bindingConditions';
    errors.push(invalid(failuresField, null, why));
  }
  return errors;
}

function namesErrors(names: readonly string[], field: string): readonly FieldError[] {
  const item = (name: string, at: string): readonly FieldError[] =>
    qualifiedNameErrors(name).map((text) => invalid(at, name, text));
  return itemsErrors(names, field, { max: maxConditions, item });
}
