/** The roles that every cluster has (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings). */
import type { ClusterRole, Role } from '../../api/groups/rbac.v1.ts';
import type { Seed } from './seed.ts';

export const clusterRoles: readonly Seed<ClusterRole>[] = [
  {
    metadata: {
      name: 'admin',
    },
    aggregationRule: {
      clusterRoleSelectors: [
        {
          matchLabels: {
            'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
          },
        },
      ],
    },
  },
  {
    metadata: {
      name: 'cluster-admin',
    },
    rules: [
      {
        verbs: ['*'],
        apiGroups: ['*'],
        resources: ['*'],
      },
      {
        verbs: ['*'],
        nonResourceURLs: ['*'],
      },
    ],
  },
  {
    metadata: {
      name: 'edit',
      labels: {
        'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
      },
    },
    aggregationRule: {
      clusterRoleSelectors: [
        {
          matchLabels: {
            'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
          },
        },
      ],
    },
  },
  {
    metadata: {
      name: 'system:aggregate-to-admin',
      labels: {
        'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
      },
    },
    rules: [
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['localsubjectaccessreviews'],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['rolebindings', 'roles'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:aggregate-to-edit',
      labels: {
        'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
      },
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'],
      },
      {
        verbs: ['impersonate'],
        apiGroups: [''],
        resources: ['serviceaccounts'],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'patch', 'update'],
        apiGroups: [''],
        resources: ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'],
      },
      {
        verbs: ['create'],
        apiGroups: [''],
        resources: ['pods/eviction'],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'patch', 'update'],
        apiGroups: [''],
        resources: [
          'configmaps',
          'persistentvolumeclaims',
          'replicationcontrollers',
          'replicationcontrollers/scale',
          'secrets',
          'serviceaccounts',
          'services',
          'services/proxy',
        ],
      },
      {
        verbs: ['create'],
        apiGroups: [''],
        resources: ['serviceaccounts/token'],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'patch', 'update'],
        apiGroups: ['apps'],
        resources: [
          'daemonsets',
          'deployments',
          'deployments/rollback',
          'deployments/scale',
          'replicasets',
          'replicasets/scale',
          'statefulsets',
          'statefulsets/scale',
        ],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'patch', 'update'],
        apiGroups: ['autoscaling'],
        resources: ['horizontalpodautoscalers'],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'patch', 'update'],
        apiGroups: ['batch'],
        resources: ['cronjobs', 'jobs'],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'patch', 'update'],
        apiGroups: ['extensions'],
        resources: [
          'daemonsets',
          'deployments',
          'deployments/rollback',
          'deployments/scale',
          'ingresses',
          'networkpolicies',
          'replicasets',
          'replicasets/scale',
          'replicationcontrollers/scale',
        ],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'patch', 'update'],
        apiGroups: ['policy'],
        resources: ['poddisruptionbudgets'],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'patch', 'update'],
        apiGroups: ['networking.k8s.io'],
        resources: ['ingresses', 'networkpolicies'],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'patch', 'update'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceclaims', 'resourceclaimtemplates'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:aggregate-to-view',
      labels: {
        'rbac.authorization.k8s.io/aggregate-to-view': 'true',
      },
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: [
          'configmaps',
          'endpoints',
          'persistentvolumeclaims',
          'persistentvolumeclaims/status',
          'pods',
          'replicationcontrollers',
          'replicationcontrollers/scale',
          'serviceaccounts',
          'services',
          'services/status',
        ],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: [
          'bindings',
          'limitranges',
          'namespaces/status',
          'pods/log',
          'pods/status',
          'replicationcontrollers/status',
          'resourcequotas',
          'resourcequotas/status',
        ],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['namespaces'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['discovery.k8s.io'],
        resources: ['endpointslices'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['apps'],
        resources: [
          'controllerrevisions',
          'daemonsets',
          'daemonsets/status',
          'deployments',
          'deployments/scale',
          'deployments/status',
          'replicasets',
          'replicasets/scale',
          'replicasets/status',
          'statefulsets',
          'statefulsets/scale',
          'statefulsets/status',
        ],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['autoscaling'],
        resources: ['horizontalpodautoscalers', 'horizontalpodautoscalers/status'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['batch'],
        resources: ['cronjobs', 'cronjobs/status', 'jobs', 'jobs/status'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['extensions'],
        resources: [
          'daemonsets',
          'daemonsets/status',
          'deployments',
          'deployments/scale',
          'deployments/status',
          'ingresses',
          'ingresses/status',
          'networkpolicies',
          'replicasets',
          'replicasets/scale',
          'replicasets/status',
          'replicationcontrollers/scale',
        ],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['policy'],
        resources: ['poddisruptionbudgets', 'poddisruptionbudgets/status'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['networking.k8s.io'],
        resources: ['ingresses', 'ingresses/status', 'networkpolicies'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceclaims', 'resourceclaims/status', 'resourceclaimtemplates'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:auth-delegator',
    },
    rules: [
      {
        verbs: ['create'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['tokenreviews'],
      },
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['subjectaccessreviews'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:basic-user',
    },
    rules: [
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      },
      {
        verbs: ['create'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['selfsubjectreviews'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
    },
    rules: [
      {
        verbs: ['create'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests/nodeclient'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    },
    rules: [
      {
        verbs: ['create'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests/selfnodeclient'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:certificates.k8s.io:kube-apiserver-client-approver',
    },
    rules: [
      {
        verbs: ['approve'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['signers'],
        resourceNames: ['kubernetes.io/kube-apiserver-client'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver',
    },
    rules: [
      {
        verbs: ['approve'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['signers'],
        resourceNames: ['kubernetes.io/kube-apiserver-client-kubelet'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:certificates.k8s.io:kubelet-serving-approver',
    },
    rules: [
      {
        verbs: ['approve'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['signers'],
        resourceNames: ['kubernetes.io/kubelet-serving'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:certificates.k8s.io:legacy-unknown-approver',
    },
    rules: [
      {
        verbs: ['approve'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['signers'],
        resourceNames: ['kubernetes.io/legacy-unknown'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:attachdetach-controller',
    },
    rules: [
      {
        verbs: ['list', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims', 'persistentvolumes'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['nodes/status'],
      },
      {
        verbs: ['list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
      {
        verbs: ['create', 'delete', 'get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['volumeattachments'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['csidrivers'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['csinodes'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:certificate-controller',
    },
    rules: [
      {
        verbs: ['delete', 'get', 'list', 'watch'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests'],
      },
      {
        verbs: ['update'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests/approval', 'certificatesigningrequests/status'],
      },
      {
        verbs: ['approve'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['signers'],
        resourceNames: ['kubernetes.io/kube-apiserver-client-kubelet'],
      },
      {
        verbs: ['sign'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['signers'],
        resourceNames: [
          'kubernetes.io/kube-apiserver-client',
          'kubernetes.io/kube-apiserver-client-kubelet',
          'kubernetes.io/kubelet-serving',
          'kubernetes.io/legacy-unknown',
        ],
      },
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['subjectaccessreviews'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:clusterrole-aggregation-controller',
    },
    rules: [
      {
        verbs: ['escalate', 'get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:cronjob-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'update', 'watch'],
        apiGroups: ['batch'],
        resources: ['cronjobs'],
      },
      {
        verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['batch'],
        resources: ['jobs'],
      },
      {
        verbs: ['update'],
        apiGroups: ['batch'],
        resources: ['cronjobs/status'],
      },
      {
        verbs: ['update'],
        apiGroups: ['batch'],
        resources: ['cronjobs/finalizers'],
      },
      {
        verbs: ['delete', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:daemon-set-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['apps', 'extensions'],
        resources: ['daemonsets'],
      },
      {
        verbs: ['update'],
        apiGroups: ['apps', 'extensions'],
        resources: ['daemonsets/status'],
      },
      {
        verbs: ['update'],
        apiGroups: ['apps', 'extensions'],
        resources: ['daemonsets/finalizers'],
      },
      {
        verbs: ['list', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['create', 'delete', 'list', 'patch', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create'],
        apiGroups: [''],
        resources: ['pods/binding'],
      },
      {
        verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['apps'],
        resources: ['controllerrevisions'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:deployment-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'update', 'watch'],
        apiGroups: ['apps', 'extensions'],
        resources: ['deployments'],
      },
      {
        verbs: ['update'],
        apiGroups: ['apps', 'extensions'],
        resources: ['deployments/status'],
      },
      {
        verbs: ['update'],
        apiGroups: ['apps', 'extensions'],
        resources: ['deployments/finalizers'],
      },
      {
        verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['apps', 'extensions'],
        resources: ['replicasets'],
      },
      {
        verbs: ['get', 'list', 'update', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:device-taint-eviction-controller',
    },
    rules: [
      {
        verbs: ['delete', 'get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['pods/status'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceclaims'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceslices'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['resource.k8s.io'],
        resources: ['deviceclasses'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:disruption-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['apps', 'extensions'],
        resources: ['deployments'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['apps', 'extensions'],
        resources: ['replicasets'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['replicationcontrollers'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['policy'],
        resources: ['poddisruptionbudgets'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['apps'],
        resources: ['statefulsets'],
      },
      {
        verbs: ['update'],
        apiGroups: ['policy'],
        resources: ['poddisruptionbudgets/status'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['pods/status'],
      },
      {
        verbs: ['get'],
        apiGroups: ['*'],
        resources: ['*/scale'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:endpoint-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods', 'services'],
      },
      {
        verbs: ['create', 'delete', 'get', 'list', 'update', 'watch'],
        apiGroups: [''],
        resources: ['endpoints'],
      },
      {
        verbs: ['create'],
        apiGroups: [''],
        resources: ['endpoints/restricted'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:endpointslice-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['nodes', 'pods', 'services'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['services/finalizers'],
      },
      {
        verbs: ['create', 'delete', 'get', 'list', 'update', 'watch'],
        apiGroups: ['discovery.k8s.io'],
        resources: ['endpointslices'],
      },
      {
        verbs: ['create'],
        apiGroups: ['discovery.k8s.io'],
        resources: ['endpointslices/restricted'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:endpointslicemirroring-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['endpoints', 'services'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['services/finalizers'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['endpoints/finalizers'],
      },
      {
        verbs: ['create', 'delete', 'get', 'list', 'update', 'watch'],
        apiGroups: ['discovery.k8s.io'],
        resources: ['endpointslices'],
      },
      {
        verbs: ['create'],
        apiGroups: ['discovery.k8s.io'],
        resources: ['endpointslices/restricted'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:ephemeral-volume-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['pods/finalizers'],
      },
      {
        verbs: ['create', 'get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:expand-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'patch', 'update', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumes'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims/status'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:generic-garbage-collector',
    },
    rules: [
      {
        verbs: ['delete', 'get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['*'],
        resources: ['*'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:horizontal-pod-autoscaler',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['autoscaling'],
        resources: ['horizontalpodautoscalers'],
      },
      {
        verbs: ['update'],
        apiGroups: ['autoscaling'],
        resources: ['horizontalpodautoscalers/status'],
      },
      {
        verbs: ['get', 'update'],
        apiGroups: ['*'],
        resources: ['*/scale'],
      },
      {
        verbs: ['list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['list', 'watch'],
        apiGroups: ['metrics.k8s.io'],
        resources: ['pods'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['custom.metrics.k8s.io'],
        resources: ['*'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['external.metrics.k8s.io'],
        resources: ['*'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:job-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['batch'],
        resources: ['jobs'],
      },
      {
        verbs: ['update'],
        apiGroups: ['batch'],
        resources: ['jobs/status'],
      },
      {
        verbs: ['update'],
        apiGroups: ['batch'],
        resources: ['jobs/finalizers'],
      },
      {
        verbs: ['create', 'delete', 'list', 'patch', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:legacy-service-account-token-cleaner',
    },
    rules: [
      {
        verbs: ['get'],
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['kube-apiserver-legacy-service-account-token-tracking'],
      },
      {
        verbs: ['delete', 'patch'],
        apiGroups: [''],
        resources: ['secrets'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:namespace-controller',
    },
    rules: [
      {
        verbs: ['delete', 'get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['namespaces'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['namespaces/finalize', 'namespaces/status'],
      },
      {
        verbs: ['delete', 'deletecollection', 'get', 'list', 'watch'],
        apiGroups: ['*'],
        resources: ['*'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:node-controller',
    },
    rules: [
      {
        verbs: ['delete', 'get', 'list', 'patch', 'update', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['nodes/status'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['pods/status'],
      },
      {
        verbs: ['delete', 'get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:persistent-volume-binder',
    },
    rules: [
      {
        verbs: ['create', 'delete', 'get', 'list', 'update', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumes'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['persistentvolumes/status'],
      },
      {
        verbs: ['get', 'list', 'update', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims/status'],
      },
      {
        verbs: ['create', 'delete', 'get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['storageclasses'],
      },
      {
        verbs: ['list', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
      {
        verbs: ['watch'],
        apiGroups: [''],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:pod-garbage-collector',
    },
    rules: [
      {
        verbs: ['delete', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['patch'],
        apiGroups: [''],
        resources: ['pods/status'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:pv-protection-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'update', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumes'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:pvc-protection-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'update', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims/status'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:replicaset-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'update', 'watch'],
        apiGroups: ['apps', 'extensions'],
        resources: ['replicasets'],
      },
      {
        verbs: ['update'],
        apiGroups: ['apps', 'extensions'],
        resources: ['replicasets/status'],
      },
      {
        verbs: ['update'],
        apiGroups: ['apps', 'extensions'],
        resources: ['replicasets/finalizers'],
      },
      {
        verbs: ['create', 'delete', 'list', 'patch', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:replication-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'update', 'watch'],
        apiGroups: [''],
        resources: ['replicationcontrollers'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['replicationcontrollers/status'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['replicationcontrollers/finalizers'],
      },
      {
        verbs: ['create', 'delete', 'list', 'patch', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:resource-claim-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['pods/finalizers'],
      },
      {
        verbs: ['create', 'delete', 'get', 'list', 'watch'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceclaims'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceclaims', 'resourceclaims/status'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['pods/status'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceclaims/binding'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:resourcequota-controller',
    },
    rules: [
      {
        verbs: ['list', 'watch'],
        apiGroups: ['*'],
        resources: ['*'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['resourcequotas/status'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:root-ca-cert-publisher',
    },
    rules: [
      {
        verbs: ['create', 'update'],
        apiGroups: [''],
        resources: ['configmaps'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:route-controller',
    },
    rules: [
      {
        verbs: ['list', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['patch'],
        apiGroups: [''],
        resources: ['nodes/status'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:selinux-warning-controller',
    },
    rules: [
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumes'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['csidrivers'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:service-account-controller',
    },
    rules: [
      {
        verbs: ['create'],
        apiGroups: [''],
        resources: ['serviceaccounts'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:service-ca-cert-publisher',
    },
    rules: [
      {
        verbs: ['create', 'update'],
        apiGroups: [''],
        resources: ['configmaps'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:service-cidrs-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['networking.k8s.io'],
        resources: ['servicecidrs'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: ['networking.k8s.io'],
        resources: ['servicecidrs/finalizers'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: ['networking.k8s.io'],
        resources: ['servicecidrs/status'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['networking.k8s.io'],
        resources: ['ipaddresses'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:service-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['services'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['services/status'],
      },
      {
        verbs: ['list', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:statefulset-controller',
    },
    rules: [
      {
        verbs: ['list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['apps'],
        resources: ['statefulsets'],
      },
      {
        verbs: ['update'],
        apiGroups: ['apps'],
        resources: ['statefulsets/status'],
      },
      {
        verbs: ['update'],
        apiGroups: ['apps'],
        resources: ['statefulsets/finalizers'],
      },
      {
        verbs: ['create', 'delete', 'get', 'patch', 'update'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['apps'],
        resources: ['controllerrevisions'],
      },
      {
        verbs: ['create', 'get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims'],
      },
      {
        verbs: ['delete', 'update'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['pods/finalizers'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:ttl-after-finished-controller',
    },
    rules: [
      {
        verbs: ['delete', 'get', 'list', 'watch'],
        apiGroups: ['batch'],
        resources: ['jobs'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:ttl-controller',
    },
    rules: [
      {
        verbs: ['list', 'patch', 'update', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:validatingadmissionpolicy-status-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingadmissionpolicies'],
      },
      {
        verbs: ['get', 'patch', 'update'],
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingadmissionpolicies/status'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:volumeattributesclass-protection-controller',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumes'],
      },
      {
        verbs: ['get', 'list', 'update', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['volumeattributesclasses'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:discovery',
    },
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: [
          '/api',
          '/api/*',
          '/apis',
          '/apis/*',
          '/healthz',
          '/livez',
          '/openapi',
          '/openapi/*',
          '/readyz',
          '/version',
          '/version/',
        ],
      },
    ],
  },
  {
    metadata: {
      name: 'system:heapster',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['events', 'namespaces', 'nodes', 'pods'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['extensions'],
        resources: ['deployments'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:kube-aggregator',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['endpoints', 'services'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:kube-controller-manager',
    },
    rules: [
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
      {
        verbs: ['create'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
      },
      {
        verbs: ['get', 'update'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: ['kube-controller-manager'],
      },
      {
        verbs: ['create'],
        apiGroups: [''],
        resources: ['secrets', 'serviceaccounts'],
      },
      {
        verbs: ['delete'],
        apiGroups: [''],
        resources: ['secrets'],
      },
      {
        verbs: ['get'],
        apiGroups: [''],
        resources: ['configmaps', 'namespaces', 'secrets', 'serviceaccounts'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['secrets', 'serviceaccounts'],
      },
      {
        verbs: ['create'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['tokenreviews'],
      },
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['subjectaccessreviews'],
      },
      {
        verbs: ['list', 'watch'],
        apiGroups: ['*'],
        resources: ['*'],
      },
      {
        verbs: ['create'],
        apiGroups: [''],
        resources: ['serviceaccounts/token'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:kube-dns',
    },
    rules: [
      {
        verbs: ['list', 'watch'],
        apiGroups: [''],
        resources: ['endpoints', 'services'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:kube-scheduler',
    },
    rules: [
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
      {
        verbs: ['create'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
      },
      {
        verbs: ['get', 'list', 'update', 'watch'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: ['kube-scheduler'],
      },
      {
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leasecandidates'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['delete', 'get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create'],
        apiGroups: [''],
        resources: ['bindings', 'pods/binding'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['pods/status'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['replicationcontrollers', 'services'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['apps', 'extensions'],
        resources: ['replicasets'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['apps'],
        resources: ['statefulsets'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['policy'],
        resources: ['poddisruptionbudgets'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims', 'persistentvolumes'],
      },
      {
        verbs: ['create'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['tokenreviews'],
      },
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['subjectaccessreviews'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['csinodes'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['volumeattachments'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['namespaces'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['csidrivers'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['csistoragecapacities'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['resource.k8s.io'],
        resources: ['deviceclasses'],
      },
      {
        verbs: ['get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceclaims'],
      },
      {
        verbs: ['get', 'list', 'patch', 'update', 'watch'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceclaims/status'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['pods/finalizers'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceslices'],
      },
      {
        verbs: ['create', 'delete'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceclaims'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceclaims/binding'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:kubelet-api-admin',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['proxy'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['*'],
        apiGroups: [''],
        resources: ['nodes/log', 'nodes/metrics', 'nodes/proxy', 'nodes/stats'],
      },
      {
        verbs: ['*'],
        apiGroups: [''],
        resources: ['nodes/configz', 'nodes/healthz', 'nodes/pods'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:monitoring',
    },
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: [
          '/flagz',
          '/healthz',
          '/healthz/*',
          '/livez',
          '/livez/*',
          '/metrics',
          '/metrics/slis',
          '/readyz',
          '/readyz/*',
          '/statusz',
        ],
      },
      {
        verbs: ['get'],
        apiGroups: [''],
        resources: ['nodes/metrics'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:node',
    },
    rules: [
      {
        verbs: ['create'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['tokenreviews'],
      },
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['localsubjectaccessreviews', 'subjectaccessreviews'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['services'],
      },
      {
        verbs: ['create', 'get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['nodes/status'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['create', 'delete'],
        apiGroups: [''],
        resources: ['pods'],
      },
      {
        verbs: ['patch', 'update'],
        apiGroups: [''],
        resources: ['pods/status'],
      },
      {
        verbs: ['create'],
        apiGroups: [''],
        resources: ['pods/eviction'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['configmaps', 'secrets'],
      },
      {
        verbs: ['get'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims', 'persistentvolumes'],
      },
      {
        verbs: ['get'],
        apiGroups: [''],
        resources: ['endpoints'],
      },
      {
        verbs: ['create', 'get', 'list', 'watch'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests'],
      },
      {
        verbs: ['create', 'delete', 'get', 'patch', 'update'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
      },
      {
        verbs: ['get'],
        apiGroups: ['storage.k8s.io'],
        resources: ['volumeattachments'],
      },
      {
        verbs: ['create'],
        apiGroups: [''],
        resources: ['serviceaccounts/token'],
      },
      {
        verbs: ['get', 'patch', 'update'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims/status'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['csidrivers'],
      },
      {
        verbs: ['create', 'delete', 'get', 'patch', 'update'],
        apiGroups: ['storage.k8s.io'],
        resources: ['csinodes'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['node.k8s.io'],
        resources: ['runtimeclasses'],
      },
      {
        verbs: ['get'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceclaims'],
      },
      {
        verbs: ['deletecollection'],
        apiGroups: ['resource.k8s.io'],
        resources: ['resourceslices'],
      },
      {
        verbs: ['get'],
        apiGroups: [''],
        resources: ['serviceaccounts'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:node-bootstrapper',
    },
    rules: [
      {
        verbs: ['create', 'get', 'list', 'watch'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:node-problem-detector',
    },
    rules: [
      {
        verbs: ['get'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['patch'],
        apiGroups: [''],
        resources: ['nodes/status'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:node-proxier',
    },
    rules: [
      {
        verbs: ['list', 'watch'],
        apiGroups: [''],
        resources: ['endpoints', 'services'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['nodes'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
      {
        verbs: ['list', 'watch'],
        apiGroups: ['networking.k8s.io'],
        resources: ['servicecidrs'],
      },
      {
        verbs: ['list', 'watch'],
        apiGroups: ['discovery.k8s.io'],
        resources: ['endpointslices'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:persistent-volume-provisioner',
    },
    rules: [
      {
        verbs: ['create', 'delete', 'get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumes'],
      },
      {
        verbs: ['get', 'list', 'update', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['storageclasses'],
      },
      {
        verbs: ['watch'],
        apiGroups: [''],
        resources: ['events'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:public-info-viewer',
    },
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:service-account-issuer-discovery',
    },
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: [
          '/.well-known/openid-configuration',
          '/.well-known/openid-configuration/',
          '/openid/v1/jwks',
          '/openid/v1/jwks/',
        ],
      },
    ],
  },
  {
    metadata: {
      name: 'system:volume-scheduler',
    },
    rules: [
      {
        verbs: ['get', 'list', 'patch', 'update', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumes'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['storage.k8s.io'],
        resources: ['storageclasses'],
      },
      {
        verbs: ['get', 'list', 'patch', 'update', 'watch'],
        apiGroups: [''],
        resources: ['persistentvolumeclaims'],
      },
    ],
  },
  {
    metadata: {
      name: 'view',
      labels: {
        'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
      },
    },
    aggregationRule: {
      clusterRoleSelectors: [
        {
          matchLabels: {
            'rbac.authorization.k8s.io/aggregate-to-view': 'true',
          },
        },
      ],
    },
  },
];

export const roles: readonly Seed<Role>[] = [
  {
    metadata: {
      name: 'system:controller:bootstrap-signer',
      namespace: 'kube-public',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['configmaps'],
      },
      {
        verbs: ['update'],
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['cluster-info'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
  {
    metadata: {
      name: 'extension-apiserver-authentication-reader',
      namespace: 'kube-system',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['extension-apiserver-authentication'],
      },
    ],
  },
  {
    metadata: {
      name: 'system::leader-locking-kube-controller-manager',
      namespace: 'kube-system',
    },
    rules: [
      {
        verbs: ['create', 'get', 'list', 'update', 'watch'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
      },
      {
        verbs: ['create', 'get', 'list', 'update', 'watch'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leasecandidates'],
      },
    ],
  },
  {
    metadata: {
      name: 'system::leader-locking-kube-scheduler',
      namespace: 'kube-system',
    },
    rules: [
      {
        verbs: ['create', 'get', 'list', 'update', 'watch'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
      },
      {
        verbs: ['create', 'get', 'list', 'update', 'watch'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leasecandidates'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:bootstrap-signer',
      namespace: 'kube-system',
    },
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['secrets'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:cloud-provider',
      namespace: 'kube-system',
    },
    rules: [
      {
        verbs: ['create', 'get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['configmaps'],
      },
    ],
  },
  {
    metadata: {
      name: 'system:controller:token-cleaner',
      namespace: 'kube-system',
    },
    rules: [
      {
        verbs: ['delete', 'get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['secrets'],
      },
      {
        verbs: ['create', 'patch', 'update'],
        apiGroups: ['', 'events.k8s.io'],
        resources: ['events'],
      },
    ],
  },
];
