import type { Descriptor, Draft } from '../../descriptor.ts';
import type { PersistentVolume } from '../../groups/core.v1.ts';
import { objectMetaErrors } from '../../object-meta.ts';
import { PersistentVolumes } from '../../resources.ts';
import { accessModesText } from '../cells.ts';
import { ageColumn, column, nameColumn, table, wideColumn } from '../columns.ts';
import { timestampOf } from '../timestamp.ts';
import { volumeSourceDefaults } from '../pod/volume-defaults.ts';
import { volumeSpecWarnings } from './claim-warnings.ts';
import { protect } from './protection.ts';
import { mountAnnotationErrors, volumeErrors, volumeUpdateErrors } from './volume-errors.ts';

export const persistentVolumeDescriptor: Descriptor<PersistentVolume> = {
  resource: PersistentVolumes,
  deleteAnswersObject: true,
  defaults,
  validateCreate: (volume) => [...volumeErrors(volume), ...mountAnnotationErrors(volume)],
  metadataInUpdate: 'whole',
  validateUpdate: (volume, old, { subresource }) => {
    if (subresource === 'status') return [];
    // The original checks the whole volume as if it were new, and does so again before what changed.
    const metadataErrors = objectMetaErrors(volume.metadata, { namespaced: false });
    return [
      ...volumeErrors(volume),
      ...mountAnnotationErrors(volume),
      ...metadataErrors,
      ...volumeUpdateErrors(volume, old),
    ];
  },
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
    phaseTime(draft.status, old.status, nowMs);
  },
  warnings: (volume, _, { subresource }) => (subresource === 'status' ? [] : volumeSpecWarnings(volume)),
  resetFields: { '': [['status']], status: [['spec']] },
  table: table<PersistentVolume>([
    nameColumn,
    column('Capacity', ({ spec }) => spec.capacity?.['storage'] ?? '0'),
    column('Access Modes', ({ spec }) => accessModesText(spec.accessModes)),
    column('Reclaim Policy', ({ spec }) => spec.persistentVolumeReclaimPolicy ?? ''),
    column('Status', ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status.phase ?? ''))),
    column('Claim', ({ spec }) =>
      spec.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`,
    ),
    column('StorageClass', ({ metadata, spec }) => {
      return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
    }),
    column('VolumeAttributesClass', ({ spec }) => {
      return spec.volumeAttributesClassName || '<unset>';
    }),
    column('Reason', ({ status }) => status.reason ?? ''),
    ageColumn,
    wideColumn('VolumeMode', ({ spec }) => spec.volumeMode ?? '<unset>'),
  ]),
};

/** A client may say itself when the phase changed. */
function phaseTime(status: Draft<PersistentVolume['status']>, old: PersistentVolume['status'], nowMs: number): void {
  const { lastPhaseTransitionTime: time } = status;
  const { lastPhaseTransitionTime: before } = old;
  if (status.phase !== old.phase) {
    if (time == null || time === before) status.lastPhaseTransitionTime = timestampOf(nowMs);
  } else if (time == null && before != null) status.lastPhaseTransitionTime = before;
}

function defaults(draft: Draft<PersistentVolume>): void {
  const { spec, status } = draft;
  if (!status.phase) status.phase = 'Pending';
  if (!spec.persistentVolumeReclaimPolicy) spec.persistentVolumeReclaimPolicy = 'Retain';
  spec.volumeMode ??= 'Filesystem';
  volumeSourceDefaults(spec);
}
