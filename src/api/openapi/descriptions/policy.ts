import type { Descriptions } from './table.ts';

export const policyDescriptions: Descriptions = {
  'io.k8s.api.policy.v1.PodDisruptionBudget': {
    '': 'Limits how many pods of a group may be evicted at a time, such as by kubectl drain. Does not hold for deletions, rollouts or failing nodes.',
    spec: 'Which pods, and how many must stay.',
    status: 'How many may go now.',
  },
  'io.k8s.api.policy.v1.PodDisruptionBudgetSpec': {
    '': 'Either minAvailable or maxUnavailable.',
    minAvailable:
      'So many, or such a percentage, must remain. 100% or all of them: no eviction ever, and a drain hangs.',
    maxUnavailable:
      'So many, or such a percentage, may be missing. Only for pods of a controller; mostly the better choice.',
    selector: 'Which pods of the namespace; {} is all.',
    unhealthyPodEvictionPolicy:
      'Pods that run but are not ready: IfHealthyBudget (default) lets them go only if enough others are healthy, AlwaysAllow always.',
  },
  'io.k8s.api.policy.v1.PodDisruptionBudgetStatus': {
    observedGeneration: 'The metadata.generation this status is about.',
    disruptedPods: 'Pods whose eviction was allowed and that are not gone yet, with the time.',
    disruptionsAllowed: 'How many may be evicted now.',
    currentHealthy: 'Pods that are ready.',
    desiredHealthy: 'Pods that must be.',
    expectedPods: 'Pods there should be, by their controllers.',
    conditions: 'DisruptionAllowed.',
  },
  'io.k8s.api.policy.v1.Eviction': {
    '': 'Asks that a pod go, if budgets allow; posted to its eviction subresource. 429: not now.',
    metadata: 'Name and namespace of the pod.',
    deleteOptions: 'As for a deletion.',
  },
  'io.k8s.api.scheduling.v1.PriorityClass': {
    '': 'Names a priority. Pods with higher ones are placed first and may displace others.',
    value: 'The priority; at most 1000000000 except for the system’s own. Cannot be changed.',
    globalDefault: 'True: for pods that name no class. One class at most. Default false; otherwise such pods have 0.',
    description: 'For people: when to use it.',
    preemptionPolicy:
      'PreemptLowerPriority (default), or Never: go first in the queue, but displace nobody. Cannot be changed.',
  },
  'io.k8s.api.rbac.v1.Role': {
    '': 'Rights within one namespace. Take effect through a RoleBinding.',
    rules: 'What is allowed. There is no forbidding.',
  },
  'io.k8s.api.rbac.v1.ClusterRole': {
    '': 'Rights in the whole cluster, or, bound by a RoleBinding, in one namespace.',
    rules: 'What is allowed. There is no forbidding.',
    aggregationRule: 'Fill rules with those of other cluster roles; what is written there by hand is then lost.',
  },
  'io.k8s.api.rbac.v1.PolicyRule': {
    '': 'Verbs on resources, or on URLs. All lists of a rule must fit a request.',
    verbs: 'get, list, watch, create, update, patch, delete, deletecollection, or * for all.',
    apiGroups: '"" is the core group (pods, services …); * all.',
    resources: 'Plural names: pods; subresources by a slash: pods/log; * all.',
    resourceNames: 'Only objects of these names. Creating cannot be limited so, as the name is not known then.',
    nonResourceURLs: 'Paths such as /healthz or /logs/*. Only in a ClusterRole with a ClusterRoleBinding.',
  },
  'io.k8s.api.rbac.v1.AggregationRule': {
    '': 'Which cluster roles are put together.',
    clusterRoleSelectors: 'By their labels; one that fits is enough.',
  },
  'io.k8s.api.rbac.v1.RoleBinding': {
    '': 'Gives rights in its namespace to users, groups and service accounts.',
    subjects: 'Who gets them.',
    roleRef: 'A Role of the same namespace or a ClusterRole. Cannot be changed: delete the binding and make it anew.',
  },
  'io.k8s.api.rbac.v1.ClusterRoleBinding': {
    '': 'Gives the rights of a ClusterRole in the whole cluster.',
    subjects: 'Who gets them.',
    roleRef: 'The ClusterRole. Cannot be changed: delete the binding and make it anew.',
  },
  'io.k8s.api.rbac.v1.Subject': {
    '': 'Who gets rights.',
    kind: 'User, Group or ServiceAccount.',
    apiGroup: 'rbac.authorization.k8s.io for users and groups, empty for service accounts; filled in by the server.',
    name: 'The name. Users and groups are no objects: each name is taken.',
    namespace: 'Of the service account; not for users and groups.',
  },
  'io.k8s.api.rbac.v1.RoleRef': {
    '': 'The role that is given.',
    apiGroup: 'rbac.authorization.k8s.io.',
    kind: 'Role or ClusterRole.',
    name: 'Its name. It need not exist yet.',
  },
};
