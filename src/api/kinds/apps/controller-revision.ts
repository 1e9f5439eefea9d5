import type { Descriptor } from '../../descriptor.ts';
import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { ControllerRevision } from '../../groups/apps.v1.ts';
import { samePlain } from '../../equality.ts';
import { splitApiVersion } from '../../message.ts';
import { ControllerRevisions } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { nonNegative } from '../number-errors.ts';

export const controllerRevisionDescriptor: Descriptor<ControllerRevision> = {
  resource: ControllerRevisions,
  validateCreate: validate,
  validateUpdate: ({ revision, data }, old) => [
    ...nonNegative(revision, 'revision'),
    ...(samePlain(data, old.data) ? [] : [invalid('data', data, 'field is immutable')]),
  ],
  table: table<ControllerRevision>([
    nameColumn,
    column('Controller', controllerText),
    column('Revision', ({ revision }) => revision),
    ageColumn,
  ]),
};

function validate({ data, revision }: ControllerRevision): readonly FieldError[] {
  const errors: FieldError[] = [...nonNegative(revision, 'revision')];
  if (data == null) errors.push(requiredField('data', 'data is mandatory'));
  else if (typeof data !== 'object' || Array.isArray(data)) {
    errors.push(requiredField('data', 'data must be a valid JSON object'));
  }
  return errors;
}

function controllerText({ metadata }: ControllerRevision): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return '<none>';
  const { group } = splitApiVersion(owner.apiVersion);
  return `${(group === '' ? owner.kind : `${owner.kind}.${group}`).toLowerCase()}/${owner.name}`;
}
