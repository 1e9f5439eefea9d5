import type { Descriptor } from '../../descriptor.ts';
import { invalid, type FieldError } from '../../field-error.ts';
import type { Lease } from '../../groups/coordination.v1.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { Leases } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { nonNegative, positive } from '../number-errors.ts';

export const leaseDescriptor: Descriptor<Lease> = {
  resource: Leases,
  createOnUpdate: true,
  unconditionalUpdate: false,
  validateCreate: validate,
  validateUpdate: validate,
  table: table<Lease>([nameColumn, column('Holder', ({ spec }) => spec?.holderIdentity ?? ''), ageColumn]),
};

function validate({ spec = {} }: Lease): readonly FieldError[] {
  const errors: FieldError[] = [
    ...positive(spec.leaseDurationSeconds, 'spec.leaseDurationSeconds'),
    ...nonNegative(spec.leaseTransitions, 'spec.leaseTransitions'),
  ];
  const { strategy, preferredHolder } = spec;
  if (strategy) {
    for (const text of qualifiedNameErrors(strategy)) errors.push(invalid('spec.strategy', strategy, text));
  }
  if (preferredHolder && !strategy) {
    errors.push({
      type: 'FieldValueForbidden',
      field: 'spec.preferredHolder',
      message: 'Forbidden: may only be specified if `strategy` is defined',
    });
  }
  return errors;
}
