import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { CrossVersionObjectReference } from '../../groups/autoscaling.v2.ts';
import { pathSegmentErrors } from '../../name-rules.ts';

export function targetErrors(
  { kind, name, apiVersion = '' }: CrossVersionObjectReference,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [part, value] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (value === '') errors.push(requiredField(`${field}.${part}`));
    else errors.push(...pathSegmentErrors(value).map((text) => invalid(`${field}.${part}`, value, text)));
  }
  if (apiVersion.split('/').length > 2) {
    errors.push(invalid(`${field}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  } else if (apiVersion === '') {
    errors.push(invalid(`${field}.apiVersion`, apiVersion, 'apiVersion must specify API group'));
  }
  return errors;
}
