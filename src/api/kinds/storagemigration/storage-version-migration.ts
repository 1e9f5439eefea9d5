/** The wish to have all objects of a resource stored anew, in the form in which they would be stored today. */
import type { Descriptor } from '../../descriptor.ts';
import { samePlain } from '../../equality.ts';
import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { StorageVersionMigration } from '../../groups/storagemigration.v1beta1.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { dns1035LabelErrors } from '../../names.ts';
import { StorageVersionMigrations } from '../../resources.ts';
import { column, table } from '../columns.ts';
import { conditionsErrors } from '../conditions-errors.ts';
import { prepareWithStatus } from '../prepare.ts';

export const storageVersionMigrationDescriptor: Descriptor<StorageVersionMigration> = {
  resource: StorageVersionMigrations,
  ...prepareWithStatus<StorageVersionMigration>(StorageVersionMigrations, {
    withoutGeneration: true,
    statusKeeps: 'metadata',
  }),
  validateCreate: specErrors,
  validateUpdate: (made, old, { subresource }) =>
    subresource === 'status' ? statusErrors(made, old) : [...specErrors(made), ...specUpdateErrors(made, old)],
  table: table<StorageVersionMigration>([
    column('Name', ({ metadata }) => metadata.name),
    column('Resource', ({ spec: { resource } }) =>
      resource === undefined ? '' : [resource.resource, resource.group].filter((part) => part).join('.'),
    ),
  ]),
};

function specErrors({ spec }: StorageVersionMigration): readonly FieldError[] {
  const { group, resource } = spec.resource;
  const field = 'spec.resource.resource';
  const joined = (errors: readonly string[], at: string, value: string): readonly FieldError[] =>
    errors.length === 0 ? [] : [invalid(at, value, errors.join(','))];
  return [
    ...(resource === ''
      ? [requiredField(field, 'resource is required to be set')]
      : joined(dns1035LabelErrors(resource), field, resource)),
    ...(group === '' ? [] : joined(dnsSubdomainErrors(group), 'spec.resource.group', group)),
  ];
}

function specUpdateErrors({ spec }: StorageVersionMigration, old: StorageVersionMigration): readonly FieldError[] {
  if (samePlain(spec, old.spec)) return [];
  const { group, resource } = spec.resource;
  return [invalid('spec', { Resource: { group, resource } }, 'field is immutable')];
}

function statusErrors({ status }: StorageVersionMigration, old: StorageVersionMigration): readonly FieldError[] {
  const { resourceVersion = '', conditions = [] } = status;
  const before = old.status.resourceVersion ?? '';
  const errors: FieldError[] = [];
  const version = (detail: string): number => errors.push(invalid('status.resourceVersion', resourceVersion, detail));
  if (!/^([1-9]\d*)?$/.test(resourceVersion)) version(`resource version is not well formed: ${resourceVersion}`);
  errors.push(...conditionsErrors(conditions, 'status.conditions'));
  if (before !== '' && before !== resourceVersion) version('field is immutable');
  const holds = (
    { status: { conditions: all = [] } }: Pick<StorageVersionMigration, 'status'>,
    type: string,
  ): boolean => all.some((one) => one.type === type && one.status === 'True');
  const wrong = (detail: string): number => errors.push(invalid('status.conditions', conditions, detail));
  const now = { status };
  const [succeeded, failed, running] = ['Succeeded', 'Failed', 'Running'].map((type) => holds(now, type));
  if (succeeded && failed) wrong('Both success and failed conditions cannot be true at the same time');
  if (succeeded && running) wrong('Running condition cannot be true when success condition is true');
  if (failed && running) wrong('Running condition cannot be true when failed condition is true');
  if (holds(old, 'Succeeded') && !succeeded) wrong('Success condition cannot be set to false once it is true');
  if (holds(old, 'Failed') && !failed) wrong('Failed condition cannot be set to false once it is true');
  return errors;
}
