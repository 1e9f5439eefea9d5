/**
 * Every resource that is served by default, once. Server, client and command line read it from here.
 * The order is that of discovery.
 */
import {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from './groups/admissionregistration.v1.ts';
import { CustomResourceDefinition } from './groups/apiextensions.v1.ts';
import { APIService } from './groups/apiregistration.v1.ts';
import { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet } from './groups/apps.v1.ts';
import { SelfSubjectReview, TokenReview } from './groups/authentication.v1.ts';
import {
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
} from './groups/authorization.v1.ts';
import { HorizontalPodAutoscaler as HorizontalPodAutoscalerV1 } from './groups/autoscaling.v1.ts';
import { HorizontalPodAutoscaler } from './groups/autoscaling.v2.ts';
import { CronJob, Job } from './groups/batch.v1.ts';
import { CertificateSigningRequest } from './groups/certificates.v1.ts';
import { Lease } from './groups/coordination.v1.ts';
import {
  Binding,
  ComponentStatus,
  ConfigMap,
  Endpoints as EndpointsKind,
  Event,
  LimitRange,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodTemplate,
  ReplicationController,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
} from './groups/core.v1.ts';
import { EndpointSlice } from './groups/discovery.v1.ts';
import { Event as EventV1 } from './groups/events.v1.ts';
import { FlowSchema, PriorityLevelConfiguration } from './groups/flowcontrol.v1.ts';
import { IPAddress, Ingress, IngressClass, NetworkPolicy, ServiceCIDR } from './groups/networking.v1.ts';
import { RuntimeClass } from './groups/node.v1.ts';
import { PodDisruptionBudget } from './groups/policy.v1.ts';
import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from './groups/rbac.v1.ts';
import { DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice } from './groups/resource.v1.ts';
import { PriorityClass } from './groups/scheduling.v1.ts';
import {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from './groups/storage.v1.ts';
import { StorageVersionMigration } from './groups/storagemigration.v1beta1.ts';
import { resource, type AnyResource, type Verb } from './resource.ts';

const all: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const getPatchUpdate: readonly Verb[] = ['get', 'patch', 'update'];

export const Bindings = resource(Binding, {
  plural: 'bindings',
  singular: 'binding',
  namespaced: true,
  verbs: ['create'],
});
export const ComponentStatuses = resource(ComponentStatus, {
  plural: 'componentstatuses',
  singular: 'componentstatus',
  namespaced: false,
  verbs: ['get', 'list'],
  shortNames: ['cs'],
});
export const ConfigMaps = resource(ConfigMap, {
  plural: 'configmaps',
  singular: 'configmap',
  namespaced: true,
  verbs: all,
  shortNames: ['cm'],
});
export const Endpoints = resource(EndpointsKind, {
  plural: 'endpoints',
  singular: 'endpoints',
  namespaced: true,
  verbs: all,
  shortNames: ['ep'],
});
export const Events = resource(Event, {
  plural: 'events',
  singular: 'event',
  namespaced: true,
  verbs: all,
  shortNames: ['ev'],
});
export const LimitRanges = resource(LimitRange, {
  plural: 'limitranges',
  singular: 'limitrange',
  namespaced: true,
  verbs: all,
  shortNames: ['limits'],
});
export const Namespaces = resource(Namespace, {
  plural: 'namespaces',
  singular: 'namespace',
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  shortNames: ['ns'],
  subresources: { finalize: { verbs: ['update'] }, status: { verbs: getPatchUpdate } },
});
export const Nodes = resource(Node, {
  plural: 'nodes',
  singular: 'node',
  namespaced: false,
  verbs: all,
  shortNames: ['no'],
  subresources: {
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], apiVersion: 'v1', kind: 'NodeProxyOptions' },
    status: { verbs: getPatchUpdate },
  },
});
export const PersistentVolumeClaims = resource(PersistentVolumeClaim, {
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  namespaced: true,
  verbs: all,
  shortNames: ['pvc'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const PersistentVolumes = resource(PersistentVolume, {
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  namespaced: false,
  verbs: all,
  shortNames: ['pv'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const Pods = resource(Pod, {
  plural: 'pods',
  singular: 'pod',
  namespaced: true,
  verbs: all,
  shortNames: ['po'],
  categories: ['all'],
  subresources: {
    attach: { verbs: ['create', 'get'], apiVersion: 'v1', kind: 'PodAttachOptions' },
    binding: { verbs: ['create'], apiVersion: 'v1', kind: 'Binding' },
    ephemeralcontainers: { verbs: getPatchUpdate },
    eviction: { verbs: ['create'], apiVersion: 'policy/v1', kind: 'Eviction' },
    exec: { verbs: ['create', 'get'], apiVersion: 'v1', kind: 'PodExecOptions' },
    log: { verbs: ['get'] },
    portforward: { verbs: ['create', 'get'], apiVersion: 'v1', kind: 'PodPortForwardOptions' },
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], apiVersion: 'v1', kind: 'PodProxyOptions' },
    resize: { verbs: getPatchUpdate },
    status: { verbs: getPatchUpdate },
  },
});
export const PodTemplates = resource(PodTemplate, {
  plural: 'podtemplates',
  singular: 'podtemplate',
  namespaced: true,
  verbs: all,
});
export const ReplicationControllers = resource(ReplicationController, {
  plural: 'replicationcontrollers',
  singular: 'replicationcontroller',
  namespaced: true,
  verbs: all,
  shortNames: ['rc'],
  categories: ['all'],
  subresources: {
    scale: { verbs: getPatchUpdate, apiVersion: 'autoscaling/v1', kind: 'Scale' },
    status: { verbs: getPatchUpdate },
  },
});
export const ResourceQuotas = resource(ResourceQuota, {
  plural: 'resourcequotas',
  singular: 'resourcequota',
  namespaced: true,
  verbs: all,
  shortNames: ['quota'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const Secrets = resource(Secret, { plural: 'secrets', singular: 'secret', namespaced: true, verbs: all });
export const ServiceAccounts = resource(ServiceAccount, {
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  namespaced: true,
  verbs: all,
  shortNames: ['sa'],
  subresources: { token: { verbs: ['create'], apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' } },
});
export const Services = resource(Service, {
  plural: 'services',
  singular: 'service',
  namespaced: true,
  verbs: all,
  shortNames: ['svc'],
  categories: ['all'],
  subresources: {
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], apiVersion: 'v1', kind: 'ServiceProxyOptions' },
    status: { verbs: getPatchUpdate },
  },
});
export const APIServices = resource(APIService, {
  plural: 'apiservices',
  singular: 'apiservice',
  namespaced: false,
  verbs: all,
  categories: ['api-extensions'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const ControllerRevisions = resource(ControllerRevision, {
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  verbs: all,
});
export const DaemonSets = resource(DaemonSet, {
  plural: 'daemonsets',
  singular: 'daemonset',
  namespaced: true,
  verbs: all,
  shortNames: ['ds'],
  categories: ['all'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const Deployments = resource(Deployment, {
  plural: 'deployments',
  singular: 'deployment',
  namespaced: true,
  verbs: all,
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: {
    scale: { verbs: getPatchUpdate, apiVersion: 'autoscaling/v1', kind: 'Scale' },
    status: { verbs: getPatchUpdate },
  },
});
export const ReplicaSets = resource(ReplicaSet, {
  plural: 'replicasets',
  singular: 'replicaset',
  namespaced: true,
  verbs: all,
  shortNames: ['rs'],
  categories: ['all'],
  subresources: {
    scale: { verbs: getPatchUpdate, apiVersion: 'autoscaling/v1', kind: 'Scale' },
    status: { verbs: getPatchUpdate },
  },
});
export const StatefulSets = resource(StatefulSet, {
  plural: 'statefulsets',
  singular: 'statefulset',
  namespaced: true,
  verbs: all,
  shortNames: ['sts'],
  categories: ['all'],
  subresources: {
    scale: { verbs: getPatchUpdate, apiVersion: 'autoscaling/v1', kind: 'Scale' },
    status: { verbs: getPatchUpdate },
  },
});
export const EventsV1 = resource(EventV1, {
  plural: 'events',
  singular: 'event',
  namespaced: true,
  verbs: all,
  shortNames: ['ev'],
});
export const SelfSubjectReviews = resource(SelfSubjectReview, {
  plural: 'selfsubjectreviews',
  singular: 'selfsubjectreview',
  namespaced: false,
  verbs: ['create'],
});
export const TokenReviews = resource(TokenReview, {
  plural: 'tokenreviews',
  singular: 'tokenreview',
  namespaced: false,
  verbs: ['create'],
});
export const LocalSubjectAccessReviews = resource(LocalSubjectAccessReview, {
  plural: 'localsubjectaccessreviews',
  singular: 'localsubjectaccessreview',
  namespaced: true,
  verbs: ['create'],
});
export const SelfSubjectAccessReviews = resource(SelfSubjectAccessReview, {
  plural: 'selfsubjectaccessreviews',
  singular: 'selfsubjectaccessreview',
  namespaced: false,
  verbs: ['create'],
});
export const SelfSubjectRulesReviews = resource(SelfSubjectRulesReview, {
  plural: 'selfsubjectrulesreviews',
  singular: 'selfsubjectrulesreview',
  namespaced: false,
  verbs: ['create'],
});
export const SubjectAccessReviews = resource(SubjectAccessReview, {
  plural: 'subjectaccessreviews',
  singular: 'subjectaccessreview',
  namespaced: false,
  verbs: ['create'],
});
export const HorizontalPodAutoscalers = resource(HorizontalPodAutoscaler, {
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  namespaced: true,
  verbs: all,
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const HorizontalPodAutoscalersV1 = resource(HorizontalPodAutoscalerV1, {
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  namespaced: true,
  verbs: all,
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const CronJobs = resource(CronJob, {
  plural: 'cronjobs',
  singular: 'cronjob',
  namespaced: true,
  verbs: all,
  shortNames: ['cj'],
  categories: ['all'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const Jobs = resource(Job, {
  plural: 'jobs',
  singular: 'job',
  namespaced: true,
  verbs: all,
  categories: ['all'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const CertificateSigningRequests = resource(CertificateSigningRequest, {
  plural: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  namespaced: false,
  verbs: all,
  shortNames: ['csr'],
  subresources: { approval: { verbs: getPatchUpdate }, status: { verbs: getPatchUpdate } },
});
export const IngressClasses = resource(IngressClass, {
  plural: 'ingressclasses',
  singular: 'ingressclass',
  namespaced: false,
  verbs: all,
});
export const Ingresses = resource(Ingress, {
  plural: 'ingresses',
  singular: 'ingress',
  namespaced: true,
  verbs: all,
  shortNames: ['ing'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const IPAddresses = resource(IPAddress, {
  plural: 'ipaddresses',
  singular: 'ipaddress',
  namespaced: false,
  verbs: all,
  shortNames: ['ip'],
});
export const NetworkPolicies = resource(NetworkPolicy, {
  plural: 'networkpolicies',
  singular: 'networkpolicy',
  namespaced: true,
  verbs: all,
  shortNames: ['netpol'],
});
export const ServiceCIDRs = resource(ServiceCIDR, {
  plural: 'servicecidrs',
  singular: 'servicecidr',
  namespaced: false,
  verbs: all,
  subresources: { status: { verbs: getPatchUpdate } },
});
export const PodDisruptionBudgets = resource(PodDisruptionBudget, {
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  namespaced: true,
  verbs: all,
  shortNames: ['pdb'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const ClusterRoleBindings = resource(ClusterRoleBinding, {
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  namespaced: false,
  verbs: all,
});
export const ClusterRoles = resource(ClusterRole, {
  plural: 'clusterroles',
  singular: 'clusterrole',
  namespaced: false,
  verbs: all,
});
export const RoleBindings = resource(RoleBinding, {
  plural: 'rolebindings',
  singular: 'rolebinding',
  namespaced: true,
  verbs: all,
});
export const Roles = resource(Role, { plural: 'roles', singular: 'role', namespaced: true, verbs: all });
export const CSIDrivers = resource(CSIDriver, {
  plural: 'csidrivers',
  singular: 'csidriver',
  namespaced: false,
  verbs: all,
});
export const CSINodes = resource(CSINode, { plural: 'csinodes', singular: 'csinode', namespaced: false, verbs: all });
export const CSIStorageCapacities = resource(CSIStorageCapacity, {
  plural: 'csistoragecapacities',
  singular: 'csistoragecapacity',
  namespaced: true,
  verbs: all,
});
export const StorageClasses = resource(StorageClass, {
  plural: 'storageclasses',
  singular: 'storageclass',
  namespaced: false,
  verbs: all,
  shortNames: ['sc'],
});
export const VolumeAttachments = resource(VolumeAttachment, {
  plural: 'volumeattachments',
  singular: 'volumeattachment',
  namespaced: false,
  verbs: all,
  subresources: { status: { verbs: getPatchUpdate } },
});
export const VolumeAttributesClasses = resource(VolumeAttributesClass, {
  plural: 'volumeattributesclasses',
  singular: 'volumeattributesclass',
  namespaced: false,
  verbs: all,
  shortNames: ['vac'],
});
export const MutatingAdmissionPolicies = resource(MutatingAdmissionPolicy, {
  plural: 'mutatingadmissionpolicies',
  singular: 'mutatingadmissionpolicy',
  namespaced: false,
  verbs: all,
  categories: ['api-extensions'],
});
export const MutatingAdmissionPolicyBindings = resource(MutatingAdmissionPolicyBinding, {
  plural: 'mutatingadmissionpolicybindings',
  singular: 'mutatingadmissionpolicybinding',
  namespaced: false,
  verbs: all,
  categories: ['api-extensions'],
});
export const MutatingWebhookConfigurations = resource(MutatingWebhookConfiguration, {
  plural: 'mutatingwebhookconfigurations',
  singular: 'mutatingwebhookconfiguration',
  namespaced: false,
  verbs: all,
  categories: ['api-extensions'],
});
export const ValidatingAdmissionPolicies = resource(ValidatingAdmissionPolicy, {
  plural: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  namespaced: false,
  verbs: all,
  categories: ['api-extensions'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const ValidatingAdmissionPolicyBindings = resource(ValidatingAdmissionPolicyBinding, {
  plural: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
  namespaced: false,
  verbs: all,
  categories: ['api-extensions'],
});
export const ValidatingWebhookConfigurations = resource(ValidatingWebhookConfiguration, {
  plural: 'validatingwebhookconfigurations',
  singular: 'validatingwebhookconfiguration',
  namespaced: false,
  verbs: all,
  categories: ['api-extensions'],
});
export const CustomResourceDefinitions = resource(CustomResourceDefinition, {
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  namespaced: false,
  verbs: all,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  subresources: { status: { verbs: getPatchUpdate } },
});
export const PriorityClasses = resource(PriorityClass, {
  plural: 'priorityclasses',
  singular: 'priorityclass',
  namespaced: false,
  verbs: all,
  shortNames: ['pc'],
});
export const Leases = resource(Lease, { plural: 'leases', singular: 'lease', namespaced: true, verbs: all });
export const RuntimeClasses = resource(RuntimeClass, {
  plural: 'runtimeclasses',
  singular: 'runtimeclass',
  namespaced: false,
  verbs: all,
});
export const EndpointSlices = resource(EndpointSlice, {
  plural: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  verbs: all,
});
export const DeviceClasses = resource(DeviceClass, {
  plural: 'deviceclasses',
  singular: 'deviceclass',
  namespaced: false,
  verbs: all,
});
export const ResourceClaims = resource(ResourceClaim, {
  plural: 'resourceclaims',
  singular: 'resourceclaim',
  namespaced: true,
  verbs: all,
  subresources: { status: { verbs: getPatchUpdate } },
});
export const ResourceClaimTemplates = resource(ResourceClaimTemplate, {
  plural: 'resourceclaimtemplates',
  singular: 'resourceclaimtemplate',
  namespaced: true,
  verbs: all,
});
export const ResourceSlices = resource(ResourceSlice, {
  plural: 'resourceslices',
  singular: 'resourceslice',
  namespaced: false,
  verbs: all,
});
export const FlowSchemas = resource(FlowSchema, {
  plural: 'flowschemas',
  singular: 'flowschema',
  namespaced: false,
  verbs: all,
  subresources: { status: { verbs: getPatchUpdate } },
});
export const PriorityLevelConfigurations = resource(PriorityLevelConfiguration, {
  plural: 'prioritylevelconfigurations',
  singular: 'prioritylevelconfiguration',
  namespaced: false,
  verbs: all,
  subresources: { status: { verbs: getPatchUpdate } },
});

/** All of the above, in the order of discovery. */
export const StorageVersionMigrations = resource(StorageVersionMigration, {
  plural: 'storageversionmigrations',
  singular: 'storageversionmigration',
  namespaced: false,
  verbs: all,
  subresources: { status: { verbs: getPatchUpdate } },
});

/** A resource that is served only where its version is switched on and its feature gate is open. */
export interface OptionalResource {
  readonly resource: AnyResource;
  readonly gate: string;
}

export const optionalResources: readonly OptionalResource[] = [
  { resource: StorageVersionMigrations, gate: 'StorageVersionMigrator' },
];

export const builtinResources: readonly AnyResource[] = [
  Bindings,
  ComponentStatuses,
  ConfigMaps,
  Endpoints,
  Events,
  LimitRanges,
  Namespaces,
  Nodes,
  PersistentVolumeClaims,
  PersistentVolumes,
  Pods,
  PodTemplates,
  ReplicationControllers,
  ResourceQuotas,
  Secrets,
  ServiceAccounts,
  Services,
  APIServices,
  ControllerRevisions,
  DaemonSets,
  Deployments,
  ReplicaSets,
  StatefulSets,
  EventsV1,
  SelfSubjectReviews,
  TokenReviews,
  LocalSubjectAccessReviews,
  SelfSubjectAccessReviews,
  SelfSubjectRulesReviews,
  SubjectAccessReviews,
  HorizontalPodAutoscalers,
  HorizontalPodAutoscalersV1,
  CronJobs,
  Jobs,
  CertificateSigningRequests,
  IngressClasses,
  Ingresses,
  IPAddresses,
  NetworkPolicies,
  ServiceCIDRs,
  PodDisruptionBudgets,
  ClusterRoleBindings,
  ClusterRoles,
  RoleBindings,
  Roles,
  CSIDrivers,
  CSINodes,
  CSIStorageCapacities,
  StorageClasses,
  VolumeAttachments,
  VolumeAttributesClasses,
  MutatingAdmissionPolicies,
  MutatingAdmissionPolicyBindings,
  MutatingWebhookConfigurations,
  ValidatingAdmissionPolicies,
  ValidatingAdmissionPolicyBindings,
  ValidatingWebhookConfigurations,
  CustomResourceDefinitions,
  PriorityClasses,
  Leases,
  RuntimeClasses,
  EndpointSlices,
  DeviceClasses,
  ResourceClaims,
  ResourceClaimTemplates,
  ResourceSlices,
  FlowSchemas,
  PriorityLevelConfigurations,
];
