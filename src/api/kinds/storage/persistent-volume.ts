import type { Descriptor, Draft } from '../../descriptor.ts';
import type { PersistentVolume } from '../../groups/core.v1.ts';
import { PersistentVolumes } from '../../resources.ts';
import { accessModesText } from '../cells.ts';
import { ageColumn, column, nameColumn, table, wideColumn } from '../columns.ts';
import { timestampOf } from '../timestamp.ts';
import { volumeSourceDefaults } from '../pod/volume-defaults.ts';
import { protect } from './protection.ts';
import { volumeErrors, volumeUpdateErrors } from './volume-errors.ts';

export const persistentVolumeDescriptor: Descriptor<PersistentVolume> = {
  resource: PersistentVolumes,
  deleteAnswersObject: true,
  defaults,
  validateCreate: volumeErrors,
  validateUpdate: (volume, old, { subresource }) => (subresource === 'status' ? [] : volumeUpdateErrors(volume, old)),
  prepareForCreate(draft, { nowMs }) {
    protect(draft.metadata, 'kubernetes.io/pv-protection');
    draft.status = { phase: 'Pending', lastPhaseTransitionTime: timestampOf(nowMs) };
  },
  prepareForUpdate(draft, old, { subresource, nowMs }) {
    const before = old as Draft<PersistentVolume>;
    if (subresource !== 'status') {
      draft.status = before.status;
      return;
    }
    draft.spec = before.spec;
    if (draft.status.phase !== old.status.phase) {
      draft.status.lastPhaseTransitionTime = timestampOf(nowMs);
    }
  },
  resetFields: { '': [['status']], status: [['spec']] },
  table: table<PersistentVolume>([
    nameColumn,
    column('Capacity', 'Size of the volume', ({ spec }) => spec.capacity?.['storage'] ?? '0'),
    column('Access Modes', 'How the volume can be mounted', ({ spec }) => accessModesText(spec.accessModes)),
    column(
      'Reclaim Policy',
      'What becomes of the volume when its claim is gone',
      ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
    ),
    column('Status', 'Available, Bound, Released, …', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status.phase ?? ''),
    ),
    column('Claim', 'The claim to which the volume is bound', ({ spec }) =>
      spec.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`,
    ),
    column('StorageClass', 'Class of the volume', ({ metadata, spec }) => {
      return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
    }),
    column('VolumeAttributesClass', 'Class of what can be changed later', ({ spec }) => {
      return spec.volumeAttributesClassName || '<unset>';
    }),
    column('Reason', 'Why the volume is in this state', ({ status }) => status.reason ?? ''),
    ageColumn,
    wideColumn('VolumeMode', 'Filesystem or Block', ({ spec }) => spec.volumeMode ?? '<unset>'),
  ]),
};

function defaults(draft: Draft<PersistentVolume>): void {
  const { spec } = draft;
  if (!spec.persistentVolumeReclaimPolicy) spec.persistentVolumeReclaimPolicy = 'Retain';
  spec.volumeMode ??= 'Filesystem';
  volumeSourceDefaults(spec);
}
