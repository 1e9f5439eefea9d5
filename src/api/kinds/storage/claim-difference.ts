import type { PersistentVolumeClaimSpec } from '../../groups/core.v1.ts';
import { lineDifference } from '../line-difference.ts';

/** What a refused change would have changed. */
export function claimDifference(old: PersistentVolumeClaimSpec, wanted: PersistentVolumeClaimSpec): string {
  return lineDifference(shown(old), shown(wanted));
}

function shown(spec: PersistentVolumeClaimSpec): string {
  const { dataSource, dataSourceRef } = spec;
  return JSON.stringify(
    {
      AccessModes: spec.accessModes ?? null,
      Selector: spec.selector ?? null,
      Resources: { Limits: spec.resources?.limits ?? null, Requests: spec.resources?.requests ?? null },
      VolumeName: spec.volumeName ?? '',
      StorageClassName: spec.storageClassName ?? null,
      VolumeMode: spec.volumeMode ?? null,
      DataSource:
        dataSource == null
          ? null
          : { APIGroup: dataSource.apiGroup ?? null, Kind: dataSource.kind, Name: dataSource.name },
      DataSourceRef:
        dataSourceRef == null
          ? null
          : {
              APIGroup: dataSourceRef.apiGroup ?? null,
              Kind: dataSourceRef.kind,
              Name: dataSourceRef.name,
              Namespace: dataSourceRef.namespace ?? null,
            },
      VolumeAttributesClassName: spec.volumeAttributesClassName ?? null,
    },
    null,
    1,
  );
}
