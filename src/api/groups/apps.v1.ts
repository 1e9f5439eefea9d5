/** The types of group apps, version v1. */
import { namespaced } from '../kind.ts';
import { PersistentVolumeClaim, PodTemplateSpec } from './core.v1.ts';
import { LabelSelector } from './meta.v1.ts';
import {
  always,
  boolean,
  int32,
  int64,
  intOrString,
  list,
  namedString,
  object,
  optional,
  pointer,
  rawObject,
  required,
  string,
  time,
  type Static,
} from '../schema.ts';

export const ControllerRevision = namespaced('apps/v1', 'io.k8s.api.apps.v1.ControllerRevision', {
  data: optional(2, rawObject, { nullable: true }),
  revision: required(3, int64),
});
export interface ControllerRevision extends Static<typeof ControllerRevision> {}

export const RollingUpdateDaemonSet = object('io.k8s.api.apps.v1.RollingUpdateDaemonSet', {
  maxUnavailable: pointer(1, intOrString),
  maxSurge: pointer(2, intOrString),
});
export interface RollingUpdateDaemonSet extends Static<typeof RollingUpdateDaemonSet> {}

export const DaemonSetUpdateStrategy = object('io.k8s.api.apps.v1.DaemonSetUpdateStrategy', {
  type: optional(1, namedString('v1.DaemonSetUpdateStrategyType')),
  rollingUpdate: pointer(2, RollingUpdateDaemonSet),
});
export interface DaemonSetUpdateStrategy extends Static<typeof DaemonSetUpdateStrategy> {}

export const DaemonSetSpec = object('io.k8s.api.apps.v1.DaemonSetSpec', {
  selector: required(1, LabelSelector, { nullable: true }),
  template: required(2, PodTemplateSpec),
  updateStrategy: always(3, DaemonSetUpdateStrategy),
  minReadySeconds: optional(4, int32),
  revisionHistoryLimit: pointer(6, int32),
});
export interface DaemonSetSpec extends Static<typeof DaemonSetSpec> {}

export const DaemonSetCondition = object('io.k8s.api.apps.v1.DaemonSetCondition', {
  type: required(1, namedString('v1.DaemonSetConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  lastTransitionTime: optional(3, time, { nullable: true }),
  reason: optional(4, string),
  message: optional(5, string),
});
export interface DaemonSetCondition extends Static<typeof DaemonSetCondition> {}

export const DaemonSetStatus = object('io.k8s.api.apps.v1.DaemonSetStatus', {
  currentNumberScheduled: required(1, int32),
  numberMisscheduled: required(2, int32),
  desiredNumberScheduled: required(3, int32),
  numberReady: required(4, int32),
  observedGeneration: optional(5, int64),
  updatedNumberScheduled: optional(6, int32),
  numberAvailable: optional(7, int32),
  numberUnavailable: optional(8, int32),
  collisionCount: pointer(9, int32),
  conditions: optional(
    10,
    list(DaemonSetCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
});
export interface DaemonSetStatus extends Static<typeof DaemonSetStatus> {}

export const DaemonSet = namespaced('apps/v1', 'io.k8s.api.apps.v1.DaemonSet', {
  spec: always(2, DaemonSetSpec),
  status: always(3, DaemonSetStatus),
});
export interface DaemonSet extends Static<typeof DaemonSet> {}

export const RollingUpdateDeployment = object('io.k8s.api.apps.v1.RollingUpdateDeployment', {
  maxUnavailable: pointer(1, intOrString),
  maxSurge: pointer(2, intOrString),
});
export interface RollingUpdateDeployment extends Static<typeof RollingUpdateDeployment> {}

export const DeploymentStrategy = object('io.k8s.api.apps.v1.DeploymentStrategy', {
  type: optional(1, namedString('v1.DeploymentStrategyType')),
  rollingUpdate: pointer(2, RollingUpdateDeployment),
});
export interface DeploymentStrategy extends Static<typeof DeploymentStrategy> {}

export const DeploymentSpec = object('io.k8s.api.apps.v1.DeploymentSpec', {
  replicas: pointer(1, int32),
  selector: required(2, LabelSelector, { nullable: true }),
  template: required(3, PodTemplateSpec),
  strategy: always(4, DeploymentStrategy, { patchStrategy: 'retainKeys' }),
  minReadySeconds: optional(5, int32),
  revisionHistoryLimit: pointer(6, int32),
  paused: optional(7, boolean),
  progressDeadlineSeconds: pointer(9, int32),
});
export interface DeploymentSpec extends Static<typeof DeploymentSpec> {}

export const DeploymentCondition = object('io.k8s.api.apps.v1.DeploymentCondition', {
  type: required(1, namedString('v1.DeploymentConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  lastUpdateTime: optional(6, time, { nullable: true }),
  lastTransitionTime: optional(7, time, { nullable: true }),
  reason: optional(4, string),
  message: optional(5, string),
});
export interface DeploymentCondition extends Static<typeof DeploymentCondition> {}

export const DeploymentStatus = object('io.k8s.api.apps.v1.DeploymentStatus', {
  observedGeneration: optional(1, int64),
  replicas: optional(2, int32),
  updatedReplicas: optional(3, int32),
  readyReplicas: optional(7, int32),
  availableReplicas: optional(4, int32),
  unavailableReplicas: optional(5, int32),
  terminatingReplicas: pointer(9, int32),
  conditions: optional(
    6,
    list(DeploymentCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
  collisionCount: pointer(8, int32),
});
export interface DeploymentStatus extends Static<typeof DeploymentStatus> {}

export const Deployment = namespaced('apps/v1', 'io.k8s.api.apps.v1.Deployment', {
  spec: always(2, DeploymentSpec),
  status: always(3, DeploymentStatus),
});
export interface Deployment extends Static<typeof Deployment> {}

export const ReplicaSetSpec = object('io.k8s.api.apps.v1.ReplicaSetSpec', {
  replicas: pointer(1, int32),
  minReadySeconds: optional(4, int32),
  selector: required(2, LabelSelector, { nullable: true }),
  template: always(3, PodTemplateSpec),
});
export interface ReplicaSetSpec extends Static<typeof ReplicaSetSpec> {}

export const ReplicaSetCondition = object('io.k8s.api.apps.v1.ReplicaSetCondition', {
  type: required(1, namedString('v1.ReplicaSetConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  lastTransitionTime: optional(3, time, { nullable: true }),
  reason: optional(4, string),
  message: optional(5, string),
});
export interface ReplicaSetCondition extends Static<typeof ReplicaSetCondition> {}

export const ReplicaSetStatus = object('io.k8s.api.apps.v1.ReplicaSetStatus', {
  replicas: required(1, int32),
  fullyLabeledReplicas: optional(2, int32),
  readyReplicas: optional(4, int32),
  availableReplicas: optional(5, int32),
  terminatingReplicas: pointer(7, int32),
  observedGeneration: optional(3, int64),
  conditions: optional(
    6,
    list(ReplicaSetCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
});
export interface ReplicaSetStatus extends Static<typeof ReplicaSetStatus> {}

export const ReplicaSet = namespaced('apps/v1', 'io.k8s.api.apps.v1.ReplicaSet', {
  spec: always(2, ReplicaSetSpec),
  status: always(3, ReplicaSetStatus),
});
export interface ReplicaSet extends Static<typeof ReplicaSet> {}

export const RollingUpdateStatefulSetStrategy = object('io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy', {
  partition: pointer(1, int32),
  maxUnavailable: pointer(2, intOrString),
});
export interface RollingUpdateStatefulSetStrategy extends Static<typeof RollingUpdateStatefulSetStrategy> {}

export const StatefulSetOrdinals = object('io.k8s.api.apps.v1.StatefulSetOrdinals', {
  start: always(1, int32),
});
export interface StatefulSetOrdinals extends Static<typeof StatefulSetOrdinals> {}

export const StatefulSetPersistentVolumeClaimRetentionPolicy = object(
  'io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy',
  {
    whenDeleted: optional(1, namedString('v1.PersistentVolumeClaimRetentionPolicyType')),
    whenScaled: optional(2, namedString('v1.PersistentVolumeClaimRetentionPolicyType')),
  },
);
export interface StatefulSetPersistentVolumeClaimRetentionPolicy extends Static<
  typeof StatefulSetPersistentVolumeClaimRetentionPolicy
> {}

export const StatefulSetUpdateStrategy = object('io.k8s.api.apps.v1.StatefulSetUpdateStrategy', {
  type: optional(1, namedString('v1.StatefulSetUpdateStrategyType')),
  rollingUpdate: pointer(2, RollingUpdateStatefulSetStrategy),
});
export interface StatefulSetUpdateStrategy extends Static<typeof StatefulSetUpdateStrategy> {}

export const StatefulSetSpec = object('io.k8s.api.apps.v1.StatefulSetSpec', {
  replicas: pointer(1, int32),
  selector: required(2, LabelSelector, { nullable: true }),
  template: required(3, PodTemplateSpec),
  volumeClaimTemplates: optional(4, list(PersistentVolumeClaim)),
  serviceName: always(5, string),
  podManagementPolicy: optional(6, namedString('v1.PodManagementPolicyType')),
  updateStrategy: always(7, StatefulSetUpdateStrategy),
  revisionHistoryLimit: pointer(8, int32),
  minReadySeconds: optional(9, int32),
  persistentVolumeClaimRetentionPolicy: pointer(10, StatefulSetPersistentVolumeClaimRetentionPolicy),
  ordinals: pointer(11, StatefulSetOrdinals),
});
export interface StatefulSetSpec extends Static<typeof StatefulSetSpec> {}

export const StatefulSetCondition = object('io.k8s.api.apps.v1.StatefulSetCondition', {
  type: required(1, namedString('v1.StatefulSetConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  lastTransitionTime: optional(3, time, { nullable: true }),
  reason: optional(4, string),
  message: optional(5, string),
});
export interface StatefulSetCondition extends Static<typeof StatefulSetCondition> {}

export const StatefulSetStatus = object('io.k8s.api.apps.v1.StatefulSetStatus', {
  observedGeneration: optional(1, int64),
  replicas: required(2, int32),
  readyReplicas: optional(3, int32),
  currentReplicas: optional(4, int32),
  updatedReplicas: optional(5, int32),
  currentRevision: optional(6, string),
  updateRevision: optional(7, string),
  collisionCount: pointer(9, int32),
  conditions: optional(
    10,
    list(StatefulSetCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
  availableReplicas: always(11, int32),
});
export interface StatefulSetStatus extends Static<typeof StatefulSetStatus> {}

export const StatefulSet = namespaced('apps/v1', 'io.k8s.api.apps.v1.StatefulSet', {
  spec: always(2, StatefulSetSpec),
  status: always(3, StatefulSetStatus),
});
export interface StatefulSet extends Static<typeof StatefulSet> {}
