/** The types of group storagemigration, version v1beta1: served only where they are switched on. */
import { clusterScoped } from '../kind.ts';
import { Condition, GroupResource } from './meta.v1.ts';
import { always, list, object, optional, required, string, type Static } from '../schema.ts';

export const StorageVersionMigrationSpec = object('io.k8s.api.storagemigration.v1beta1.StorageVersionMigrationSpec', {
  resource: required(1, GroupResource),
});
export interface StorageVersionMigrationSpec extends Static<typeof StorageVersionMigrationSpec> {}

export const StorageVersionMigrationStatus = object(
  'io.k8s.api.storagemigration.v1beta1.StorageVersionMigrationStatus',
  {
    conditions: optional(
      1,
      list(Condition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
    ),
    resourceVersion: optional(2, string),
  },
);
export interface StorageVersionMigrationStatus extends Static<typeof StorageVersionMigrationStatus> {}

export const StorageVersionMigration = clusterScoped(
  'storagemigration.k8s.io/v1beta1',
  'io.k8s.api.storagemigration.v1beta1.StorageVersionMigration',
  {
    spec: always(2, StorageVersionMigrationSpec),
    status: always(3, StorageVersionMigrationStatus),
  },
);
export interface StorageVersionMigration extends Static<typeof StorageVersionMigration> {}
