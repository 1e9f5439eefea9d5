import type { Descriptor, Draft } from '../../descriptor.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../groups/core.v1.ts';
import { PersistentVolumeClaims } from '../../resources.ts';
import { accessModesText } from '../cells.ts';
import { ageColumn, column, nameColumn, table, wideColumn } from '../columns.ts';
import { protect } from './protection.ts';
import { claimErrors } from './claim-errors.ts';
import { claimWarnings } from './claim-warnings.ts';
import { claimStatusErrors, claimUpdateErrors } from './claim-update.ts';

export const persistentVolumeClaimDescriptor: Descriptor<PersistentVolumeClaim> = {
  resource: PersistentVolumeClaims,
  deleteAnswersObject: true,
  defaults(draft) {
    claimSpecDefaults(draft.spec);
    if (!draft.status.phase) draft.status.phase = 'Pending';
  },
  validateCreate: claimErrors,
  metadataInUpdate: 'both',
  validateUpdate: (claim, old, { subresource }) =>
    subresource === 'status' ? claimStatusErrors(claim) : claimUpdateErrors(claim, old),
  prepareForCreate(draft) {
    protect(draft.metadata, 'kubernetes.io/pvc-protection');
    alignSources(draft.spec, undefined);
    draft.status = { phase: 'Pending' };
  },
  prepareForUpdate(draft, old, { subresource }) {
    const before = old as Draft<PersistentVolumeClaim>;
    if (subresource === 'status') draft.spec = before.spec;
    else {
      draft.status = before.status;
      alignSources(draft.spec, old.spec);
    }
  },
  warnings: (claim, _, { subresource }) => (subresource === 'status' ? [] : claimWarnings(claim)),
  resetFields: { '': [['status']], status: [['spec']] },
  table: table<PersistentVolumeClaim>([
    nameColumn,
    column('Status', ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status.phase ?? ''))),
    column('Volume', ({ spec }) => spec.volumeName ?? ''),
    column('Capacity', ({ spec, status }) => (spec.volumeName ? (status.capacity?.['storage'] ?? '0') : '')),
    column('Access Modes', ({ spec, status }) => (spec.volumeName ? accessModesText(status.accessModes) : '')),
    column('StorageClass', ({ metadata, spec }) => {
      return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
    }),
    column('VolumeAttributesClass', ({ spec }) => {
      return spec.volumeAttributesClassName || '<unset>';
    }),
    ageColumn,
    wideColumn('VolumeMode', ({ spec }) => spec.volumeMode ?? '<unset>'),
  ]),
};

/** Of claims, and of the templates of claims in pods and stateful sets. */
export function claimSpecDefaults(spec: Draft<PersistentVolumeClaimSpec>): void {
  spec.volumeMode ??= 'Filesystem';
}

/**
 * The old and the new field for the source say the same; a kind that the old one never knew is not kept, nor is a source
 * of another namespace, which no server allows by default.
 */
function alignSources(spec: Draft<PersistentVolumeClaimSpec>, old: PersistentVolumeClaimSpec | undefined): void {
  if (spec.dataSourceRef?.namespace && old?.dataSourceRef == null) delete spec.dataSourceRef;
  const hadSource = old?.dataSource != null || old?.dataSourceRef != null;
  if (!hadSource && spec.dataSource != null && spec.dataSourceRef == null && !isOldSource(spec.dataSource)) {
    delete spec.dataSource;
  }
  if (spec.dataSource != null && spec.dataSourceRef == null) {
    const { apiGroup, kind, name } = spec.dataSource;
    spec.dataSourceRef = { apiGroup, kind, name };
  } else if (spec.dataSourceRef != null && spec.dataSource == null && !spec.dataSourceRef.namespace) {
    const { apiGroup, kind, name } = spec.dataSourceRef;
    spec.dataSource = { apiGroup, kind, name };
  }
}

function isOldSource({ apiGroup, kind }: NonNullable<PersistentVolumeClaimSpec['dataSource']>): boolean {
  if ((apiGroup ?? '') === '') return kind === 'PersistentVolumeClaim';
  return apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot';
}
