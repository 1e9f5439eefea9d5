/** The storage class that claims get when they name none, and the rights of its provisioner. */
import { ClusterRoleBindings, ClusterRoles, ServiceAccounts, StorageClasses } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import { provisionerName } from '../local-path/plan.ts';
import { createMissing } from './create-missing.ts';

const namespace = 'kube-system';
const roleName = 'slipway:local-path-provisioner';

/** As kind and others call it. */
const className = 'standard';

/** Who the provisioner is, in kube-system. */
export const provisionerAccount = 'local-path-provisioner';

/** Creates what is missing; what is there may have been changed and stays so. */
export async function ensureStorageObjects(client: Client): Promise<void> {
  const read = ['get', 'list', 'watch'];
  const account = { name: provisionerAccount, namespace };
  const role = { name: roleName };
  await Promise.all([
    createMissing(client, ServiceAccounts, account, { metadata: account }),
    createMissing(client, ClusterRoles, role, {
      metadata: role,
      rules: [
        { apiGroups: [''], resources: ['persistentvolumes'], verbs: [...read, 'create', 'update', 'patch', 'delete'] },
        { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: read },
        { apiGroups: [''], resources: ['persistentvolumeclaims/status'], verbs: ['update', 'patch'] },
        { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
        { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: read },
        { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
      ],
    }),
    createMissing(client, ClusterRoleBindings, role, {
      metadata: role,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    }),
    createMissing(
      client,
      StorageClasses,
      { name: className },
      {
        metadata: { name: className, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        provisioner: provisionerName,
        reclaimPolicy: 'Delete',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
    ),
  ]);
}
