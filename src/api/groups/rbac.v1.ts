/** The types of group rbac, version v1. */
import { clusterScoped, namespaced } from '../kind.ts';
import { LabelSelector } from './meta.v1.ts';
import { always, list, object, optional, pointer, required, string, type Static } from '../schema.ts';

export const AggregationRule = object('io.k8s.api.rbac.v1.AggregationRule', {
  clusterRoleSelectors: optional(1, list(LabelSelector)),
});
export interface AggregationRule extends Static<typeof AggregationRule> {}

export const PolicyRule = object('io.k8s.api.rbac.v1.PolicyRule', {
  verbs: required(1, list(string)),
  apiGroups: optional(2, list(string)),
  resources: optional(3, list(string)),
  resourceNames: optional(4, list(string)),
  nonResourceURLs: optional(5, list(string)),
});
export interface PolicyRule extends Static<typeof PolicyRule> {}

export const ClusterRole = clusterScoped('rbac.authorization.k8s.io/v1', 'io.k8s.api.rbac.v1.ClusterRole', {
  rules: always(2, list(PolicyRule)),
  aggregationRule: pointer(3, AggregationRule),
});
export interface ClusterRole extends Static<typeof ClusterRole> {}

export const RoleRef = object(
  'io.k8s.api.rbac.v1.RoleRef',
  {
    apiGroup: always(1, string),
    kind: required(2, string),
    name: required(3, string),
  },
  { atomic: true },
);
export interface RoleRef extends Static<typeof RoleRef> {}

export const Subject = object(
  'io.k8s.api.rbac.v1.Subject',
  {
    kind: required(1, string),
    apiGroup: optional(2, string),
    name: required(3, string),
    namespace: optional(4, string),
  },
  { atomic: true },
);
export interface Subject extends Static<typeof Subject> {}

export const ClusterRoleBinding = clusterScoped(
  'rbac.authorization.k8s.io/v1',
  'io.k8s.api.rbac.v1.ClusterRoleBinding',
  {
    subjects: optional(2, list(Subject)),
    roleRef: required(3, RoleRef),
  },
);
export interface ClusterRoleBinding extends Static<typeof ClusterRoleBinding> {}

export const Role = namespaced('rbac.authorization.k8s.io/v1', 'io.k8s.api.rbac.v1.Role', {
  rules: always(2, list(PolicyRule)),
});
export interface Role extends Static<typeof Role> {}

export const RoleBinding = namespaced('rbac.authorization.k8s.io/v1', 'io.k8s.api.rbac.v1.RoleBinding', {
  subjects: optional(2, list(Subject)),
  roleRef: required(3, RoleRef),
});
export interface RoleBinding extends Static<typeof RoleBinding> {}
