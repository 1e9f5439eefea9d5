import type { Descriptor } from '../../descriptor.ts';
import type { VolumeAttachment, VolumeAttributesClass } from '../../groups/storage.v1.ts';
import { VolumeAttachments, VolumeAttributesClasses } from '../../resources.ts';
import { ageColumn, column, nameColumn, nameColumnWithDefault, table } from '../columns.ts';
import { prepareWithStatus } from '../prepare.ts';
import {
  attachmentCreateErrors,
  attachmentUpdateErrors,
  attributesErrors,
  attributesUpdateErrors,
} from './attachment-errors.ts';
import { protect } from './protection.ts';

export const volumeAttachmentDescriptor: Descriptor<VolumeAttachment> = {
  resource: VolumeAttachments,
  unconditionalUpdate: false,
  deleteAnswersObject: true,
  ...prepareWithStatus<VolumeAttachment>(VolumeAttachments, { withoutGeneration: true, statusKeeps: 'metadata' }),
  validateCreate: attachmentCreateErrors,
  metadataInUpdate: 'whole',
  validateUpdate: attachmentUpdateErrors,
  table: table<VolumeAttachment>([
    nameColumn,
    column('Attacher', ({ spec }) => spec.attacher, { format: 'name' }),
    column('PV', ({ spec }) => spec.source.persistentVolumeName ?? ''),
    column('Node', ({ spec }) => spec.nodeName),
    column('Attached', ({ status }) => status.attached ?? false, { type: 'boolean' }),
    ageColumn,
  ]),
};

export const volumeAttributesClassDescriptor: Descriptor<VolumeAttributesClass> = {
  resource: VolumeAttributesClasses,
  deleteAnswersObject: true,
  prepareForCreate: ({ metadata }) => protect(metadata, 'kubernetes.io/vac-protection'),
  validateCreate: attributesErrors,
  metadataInUpdate: 'both',
  validateUpdate: attributesUpdateErrors,
  table: table<VolumeAttributesClass>([
    nameColumnWithDefault(['volumeattributesclass.alpha.kubernetes.io/is-default-class']),
    column('DriverName', ({ driverName }) => driverName),
    ageColumn,
  ]),
};
