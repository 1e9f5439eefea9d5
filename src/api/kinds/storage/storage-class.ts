import type { Descriptor } from '../../descriptor.ts';
import type { StorageClass } from '../../groups/storage.v1.ts';
import { StorageClasses } from '../../resources.ts';
import { storageClassErrors, storageClassUpdateErrors } from './storage-class-errors.ts';
import { ageColumn, column, nameColumnWithDefault, table } from '../columns.ts';

const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

export const storageClassDescriptor: Descriptor<StorageClass> = {
  resource: StorageClasses,
  deleteAnswersObject: true,
  defaults(draft) {
    draft.reclaimPolicy ??= 'Delete';
    draft.volumeBindingMode ??= 'Immediate';
  },
  validateCreate: storageClassErrors,
  metadataInUpdate: 'both',
  validateUpdate: storageClassUpdateErrors,
  table: table<StorageClass>([
    nameColumnWithDefault(defaultAnnotations),
    column('Provisioner', ({ provisioner }) => provisioner),
    column('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
    column('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate'),
    column('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
    ageColumn,
  ]),
};
