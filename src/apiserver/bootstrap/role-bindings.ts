/** Who has the roles that every cluster has. */
import type { ClusterRoleBinding, RoleBinding } from '../../api/groups/rbac.v1.ts';
import type { Seed } from './seed.ts';

export const clusterRoleBindings: readonly Seed<ClusterRoleBinding>[] = [
  {
    metadata: {
      name: 'cluster-admin',
    },
    subjects: [
      {
        kind: 'Group',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:masters',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'cluster-admin',
    },
  },
  {
    metadata: {
      name: 'system:basic-user',
    },
    subjects: [
      {
        kind: 'Group',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:authenticated',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:basic-user',
    },
  },
  {
    metadata: {
      name: 'system:controller:attachdetach-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'attachdetach-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:attachdetach-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:certificate-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'certificate-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:certificate-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:clusterrole-aggregation-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'clusterrole-aggregation-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:clusterrole-aggregation-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:cronjob-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'cronjob-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:cronjob-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:daemon-set-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'daemon-set-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:daemon-set-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:deployment-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'deployment-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:deployment-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:device-taint-eviction-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'device-taint-eviction-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:device-taint-eviction-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:disruption-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'disruption-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:disruption-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:endpoint-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'endpoint-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:endpoint-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:endpointslice-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'endpointslice-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:endpointslice-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:endpointslicemirroring-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'endpointslicemirroring-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:endpointslicemirroring-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:ephemeral-volume-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'ephemeral-volume-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:ephemeral-volume-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:expand-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'expand-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:expand-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:generic-garbage-collector',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'generic-garbage-collector',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:generic-garbage-collector',
    },
  },
  {
    metadata: {
      name: 'system:controller:horizontal-pod-autoscaler',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'horizontal-pod-autoscaler',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:horizontal-pod-autoscaler',
    },
  },
  {
    metadata: {
      name: 'system:controller:job-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'job-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:job-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:legacy-service-account-token-cleaner',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'legacy-service-account-token-cleaner',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:legacy-service-account-token-cleaner',
    },
  },
  {
    metadata: {
      name: 'system:controller:namespace-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'namespace-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:namespace-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:node-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'node-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:node-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:persistent-volume-binder',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'persistent-volume-binder',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:persistent-volume-binder',
    },
  },
  {
    metadata: {
      name: 'system:controller:pod-garbage-collector',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'pod-garbage-collector',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:pod-garbage-collector',
    },
  },
  {
    metadata: {
      name: 'system:controller:pv-protection-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'pv-protection-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:pv-protection-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:pvc-protection-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'pvc-protection-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:pvc-protection-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:replicaset-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'replicaset-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:replicaset-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:replication-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'replication-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:replication-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:resource-claim-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'resource-claim-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:resource-claim-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:resourcequota-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'resourcequota-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:resourcequota-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:root-ca-cert-publisher',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'root-ca-cert-publisher',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:root-ca-cert-publisher',
    },
  },
  {
    metadata: {
      name: 'system:controller:route-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'route-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:route-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:selinux-warning-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'selinux-warning-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:selinux-warning-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:service-account-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'service-account-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:service-account-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:service-ca-cert-publisher',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'service-ca-cert-publisher',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:service-ca-cert-publisher',
    },
  },
  {
    metadata: {
      name: 'system:controller:service-cidrs-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'service-cidrs-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:service-cidrs-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:service-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'service-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:service-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:statefulset-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'statefulset-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:statefulset-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:ttl-after-finished-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'ttl-after-finished-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:ttl-after-finished-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:ttl-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'ttl-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:ttl-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:validatingadmissionpolicy-status-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'validatingadmissionpolicy-status-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:validatingadmissionpolicy-status-controller',
    },
  },
  {
    metadata: {
      name: 'system:controller:volumeattributesclass-protection-controller',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'volumeattributesclass-protection-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:controller:volumeattributesclass-protection-controller',
    },
  },
  {
    metadata: {
      name: 'system:discovery',
    },
    subjects: [
      {
        kind: 'Group',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:authenticated',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:discovery',
    },
  },
  {
    metadata: {
      name: 'system:kube-controller-manager',
    },
    subjects: [
      {
        kind: 'User',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:kube-controller-manager',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:kube-controller-manager',
    },
  },
  {
    metadata: {
      name: 'system:kube-dns',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'kube-dns',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:kube-dns',
    },
  },
  {
    metadata: {
      name: 'system:kube-scheduler',
    },
    subjects: [
      {
        kind: 'User',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:kube-scheduler',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:kube-scheduler',
    },
  },
  {
    metadata: {
      name: 'system:monitoring',
    },
    subjects: [
      {
        kind: 'Group',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:monitoring',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:monitoring',
    },
  },
  {
    metadata: {
      name: 'system:node',
    },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:node',
    },
  },
  {
    metadata: {
      name: 'system:node-proxier',
    },
    subjects: [
      {
        kind: 'User',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:kube-proxy',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:node-proxier',
    },
  },
  {
    metadata: {
      name: 'system:public-info-viewer',
    },
    subjects: [
      {
        kind: 'Group',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:authenticated',
      },
      {
        kind: 'Group',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:unauthenticated',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:public-info-viewer',
    },
  },
  {
    metadata: {
      name: 'system:service-account-issuer-discovery',
    },
    subjects: [
      {
        kind: 'Group',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:serviceaccounts',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:service-account-issuer-discovery',
    },
  },
  {
    metadata: {
      name: 'system:volume-scheduler',
    },
    subjects: [
      {
        kind: 'User',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:kube-scheduler',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:volume-scheduler',
    },
  },
];

export const roleBindings: readonly Seed<RoleBinding>[] = [
  {
    metadata: {
      name: 'system:controller:bootstrap-signer',
      namespace: 'kube-public',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'bootstrap-signer',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Role',
      name: 'system:controller:bootstrap-signer',
    },
  },
  {
    metadata: {
      name: 'system::extension-apiserver-authentication-reader',
      namespace: 'kube-system',
    },
    subjects: [
      {
        kind: 'User',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:kube-controller-manager',
      },
      {
        kind: 'User',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:kube-scheduler',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Role',
      name: 'extension-apiserver-authentication-reader',
    },
  },
  {
    metadata: {
      name: 'system::leader-locking-kube-controller-manager',
      namespace: 'kube-system',
    },
    subjects: [
      {
        kind: 'User',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:kube-controller-manager',
      },
      {
        kind: 'ServiceAccount',
        name: 'kube-controller-manager',
        namespace: 'kube-system',
      },
      {
        kind: 'ServiceAccount',
        name: 'leader-election-controller',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Role',
      name: 'system::leader-locking-kube-controller-manager',
    },
  },
  {
    metadata: {
      name: 'system::leader-locking-kube-scheduler',
      namespace: 'kube-system',
    },
    subjects: [
      {
        kind: 'User',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'system:kube-scheduler',
      },
      {
        kind: 'ServiceAccount',
        name: 'kube-scheduler',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Role',
      name: 'system::leader-locking-kube-scheduler',
    },
  },
  {
    metadata: {
      name: 'system:controller:bootstrap-signer',
      namespace: 'kube-system',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'bootstrap-signer',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Role',
      name: 'system:controller:bootstrap-signer',
    },
  },
  {
    metadata: {
      name: 'system:controller:cloud-provider',
      namespace: 'kube-system',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'cloud-provider',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Role',
      name: 'system:controller:cloud-provider',
    },
  },
  {
    metadata: {
      name: 'system:controller:token-cleaner',
      namespace: 'kube-system',
    },
    subjects: [
      {
        kind: 'ServiceAccount',
        name: 'token-cleaner',
        namespace: 'kube-system',
      },
    ],
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Role',
      name: 'system:controller:token-cleaner',
    },
  },
];
