/** What comes with resources that are served only where they are switched on. */
import type { APIService } from '../../api/groups/apiregistration.v1.ts';
import type { ClusterRole, ClusterRoleBinding } from '../../api/groups/rbac.v1.ts';
import type { AnyResource } from '../../api/resource.ts';
import { StorageVersionMigrations } from '../../api/resources.ts';
import type { Seed } from './seed.ts';

const migrator = 'storage-version-migrator-controller';
const migratorRole = `system:controller:${migrator}`;

export const optionalServices: readonly Seed<APIService>[] = [
  {
    metadata: {
      name: 'v1beta1.storagemigration.k8s.io',
      labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' },
    },
    spec: { group: 'storagemigration.k8s.io', version: 'v1beta1', groupPriorityMinimum: 16800, versionPriority: 9 },
  },
];

export const optionalRoles = (switchedOn: readonly AnyResource[]): readonly Seed<ClusterRole>[] =>
  switchedOn.includes(StorageVersionMigrations)
    ? [
        {
          metadata: { name: migratorRole },
          rules: [
            { verbs: ['list', 'patch'], apiGroups: ['*'], resources: ['*'] },
            {
              verbs: ['update'],
              apiGroups: ['storagemigration.k8s.io'],
              resources: ['storageversionmigrations/status'],
            },
          ],
        },
      ]
    : [];

export const optionalRoleBindings = (switchedOn: readonly AnyResource[]): readonly Seed<ClusterRoleBinding>[] =>
  switchedOn.includes(StorageVersionMigrations)
    ? [
        {
          metadata: { name: migratorRole },
          subjects: [{ kind: 'ServiceAccount', name: migrator, namespace: 'kube-system' }],
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: migratorRole },
        },
      ]
    : [];
