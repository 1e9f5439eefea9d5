import type { Descriptor, Draft } from '../../descriptor.ts';
import type { FieldError } from '../../field-error.ts';
import type { Lease } from '../../groups/coordination.v1.ts';
import { Leases } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { nonNegative, positive } from '../number-errors.ts';

export const leaseDescriptor: Descriptor<Lease> = {
  resource: Leases,
  createOnUpdate: true,
  unconditionalUpdate: false,
  prepareForCreate: dropCoordination,
  prepareForUpdate: dropCoordination,
  validateCreate: validate,
  validateUpdate: validate,
  table: table<Lease>([nameColumn, column('Holder', ({ spec }) => spec?.holderIdentity ?? ''), ageColumn]),
};

/** Coordinated leader election is off in this version. */
function dropCoordination({ spec }: Draft<Lease>): void {
  delete spec?.strategy;
  delete spec?.preferredHolder;
}

function validate({ spec = {} }: Lease): readonly FieldError[] {
  return [
    ...positive(spec.leaseDurationSeconds, 'spec.leaseDurationSeconds'),
    ...nonNegative(spec.leaseTransitions, 'spec.leaseTransitions'),
  ];
}
