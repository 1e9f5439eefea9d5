/** The types of group autoscaling, version v2. */
import { namespaced } from '../kind.ts';
import { LabelSelector } from './meta.v1.ts';
import {
  always,
  int32,
  int64,
  list,
  namedString,
  object,
  optional,
  pointer,
  quantity,
  required,
  string,
  time,
  type Static,
} from '../schema.ts';

export const MetricTarget = object('io.k8s.api.autoscaling.v2.MetricTarget', {
  type: required(1, namedString('v2.MetricTargetType')),
  value: pointer(2, quantity),
  averageValue: pointer(3, quantity),
  averageUtilization: pointer(4, int32),
});
export interface MetricTarget extends Static<typeof MetricTarget> {}

export const ContainerResourceMetricSource = object('io.k8s.api.autoscaling.v2.ContainerResourceMetricSource', {
  name: required(1, namedString('v1.ResourceName')),
  target: required(2, MetricTarget),
  container: required(3, string),
});
export interface ContainerResourceMetricSource extends Static<typeof ContainerResourceMetricSource> {}

export const MetricValueStatus = object('io.k8s.api.autoscaling.v2.MetricValueStatus', {
  value: pointer(1, quantity),
  averageValue: pointer(2, quantity),
  averageUtilization: pointer(3, int32),
});
export interface MetricValueStatus extends Static<typeof MetricValueStatus> {}

export const ContainerResourceMetricStatus = object('io.k8s.api.autoscaling.v2.ContainerResourceMetricStatus', {
  name: required(1, namedString('v1.ResourceName')),
  current: required(2, MetricValueStatus),
  container: required(3, string),
});
export interface ContainerResourceMetricStatus extends Static<typeof ContainerResourceMetricStatus> {}

export const CrossVersionObjectReference = object('io.k8s.api.autoscaling.v2.CrossVersionObjectReference', {
  kind: required(1, string),
  name: required(2, string),
  apiVersion: optional(3, string),
});
export interface CrossVersionObjectReference extends Static<typeof CrossVersionObjectReference> {}

export const MetricIdentifier = object('io.k8s.api.autoscaling.v2.MetricIdentifier', {
  name: required(1, string),
  selector: pointer(2, LabelSelector),
});
export interface MetricIdentifier extends Static<typeof MetricIdentifier> {}

export const ExternalMetricSource = object('io.k8s.api.autoscaling.v2.ExternalMetricSource', {
  metric: required(1, MetricIdentifier),
  target: required(2, MetricTarget),
});
export interface ExternalMetricSource extends Static<typeof ExternalMetricSource> {}

export const ExternalMetricStatus = object('io.k8s.api.autoscaling.v2.ExternalMetricStatus', {
  metric: required(1, MetricIdentifier),
  current: required(2, MetricValueStatus),
});
export interface ExternalMetricStatus extends Static<typeof ExternalMetricStatus> {}

export const HPAScalingPolicy = object('io.k8s.api.autoscaling.v2.HPAScalingPolicy', {
  type: required(1, namedString('v2.HPAScalingPolicyType')),
  value: required(2, int32),
  periodSeconds: required(3, int32),
});
export interface HPAScalingPolicy extends Static<typeof HPAScalingPolicy> {}

export const HPAScalingRules = object('io.k8s.api.autoscaling.v2.HPAScalingRules', {
  stabilizationWindowSeconds: pointer(3, int32),
  selectPolicy: pointer(1, namedString('v2.ScalingPolicySelect')),
  policies: optional(2, list(HPAScalingPolicy)),
  tolerance: pointer(4, quantity),
});
export interface HPAScalingRules extends Static<typeof HPAScalingRules> {}

export const HorizontalPodAutoscalerBehavior = object('io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior', {
  scaleUp: pointer(1, HPAScalingRules),
  scaleDown: pointer(2, HPAScalingRules),
});
export interface HorizontalPodAutoscalerBehavior extends Static<typeof HorizontalPodAutoscalerBehavior> {}

export const ObjectMetricSource = object('io.k8s.api.autoscaling.v2.ObjectMetricSource', {
  describedObject: required(1, CrossVersionObjectReference),
  target: required(2, MetricTarget),
  metric: required(3, MetricIdentifier),
});
export interface ObjectMetricSource extends Static<typeof ObjectMetricSource> {}

export const PodsMetricSource = object('io.k8s.api.autoscaling.v2.PodsMetricSource', {
  metric: required(1, MetricIdentifier),
  target: required(2, MetricTarget),
});
export interface PodsMetricSource extends Static<typeof PodsMetricSource> {}

export const ResourceMetricSource = object('io.k8s.api.autoscaling.v2.ResourceMetricSource', {
  name: required(1, namedString('v1.ResourceName')),
  target: required(2, MetricTarget),
});
export interface ResourceMetricSource extends Static<typeof ResourceMetricSource> {}

export const MetricSpec = object('io.k8s.api.autoscaling.v2.MetricSpec', {
  type: required(1, namedString('v2.MetricSourceType')),
  object: pointer(2, ObjectMetricSource),
  pods: pointer(3, PodsMetricSource),
  resource: pointer(4, ResourceMetricSource),
  containerResource: pointer(7, ContainerResourceMetricSource),
  external: pointer(5, ExternalMetricSource),
});
export interface MetricSpec extends Static<typeof MetricSpec> {}

export const HorizontalPodAutoscalerSpec = object('io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec', {
  scaleTargetRef: required(1, CrossVersionObjectReference),
  minReplicas: pointer(2, int32),
  maxReplicas: required(3, int32),
  metrics: optional(4, list(MetricSpec)),
  behavior: pointer(5, HorizontalPodAutoscalerBehavior),
});
export interface HorizontalPodAutoscalerSpec extends Static<typeof HorizontalPodAutoscalerSpec> {}

export const HorizontalPodAutoscalerCondition = object('io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerCondition', {
  type: required(1, namedString('v2.HorizontalPodAutoscalerConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  lastTransitionTime: optional(3, time, { nullable: true }),
  reason: optional(4, string),
  message: optional(5, string),
});
export interface HorizontalPodAutoscalerCondition extends Static<typeof HorizontalPodAutoscalerCondition> {}

export const ObjectMetricStatus = object('io.k8s.api.autoscaling.v2.ObjectMetricStatus', {
  metric: required(1, MetricIdentifier),
  current: required(2, MetricValueStatus),
  describedObject: required(3, CrossVersionObjectReference),
});
export interface ObjectMetricStatus extends Static<typeof ObjectMetricStatus> {}

export const PodsMetricStatus = object('io.k8s.api.autoscaling.v2.PodsMetricStatus', {
  metric: required(1, MetricIdentifier),
  current: required(2, MetricValueStatus),
});
export interface PodsMetricStatus extends Static<typeof PodsMetricStatus> {}

export const ResourceMetricStatus = object('io.k8s.api.autoscaling.v2.ResourceMetricStatus', {
  name: required(1, namedString('v1.ResourceName')),
  current: required(2, MetricValueStatus),
});
export interface ResourceMetricStatus extends Static<typeof ResourceMetricStatus> {}

export const MetricStatus = object('io.k8s.api.autoscaling.v2.MetricStatus', {
  type: required(1, namedString('v2.MetricSourceType')),
  object: pointer(2, ObjectMetricStatus),
  pods: pointer(3, PodsMetricStatus),
  resource: pointer(4, ResourceMetricStatus),
  containerResource: pointer(7, ContainerResourceMetricStatus),
  external: pointer(5, ExternalMetricStatus),
});
export interface MetricStatus extends Static<typeof MetricStatus> {}

export const HorizontalPodAutoscalerStatus = object('io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus', {
  observedGeneration: pointer(1, int64),
  lastScaleTime: pointer(2, time),
  currentReplicas: optional(3, int32),
  desiredReplicas: required(4, int32),
  currentMetrics: always(5, list(MetricStatus)),
  conditions: optional(
    6,
    list(HorizontalPodAutoscalerCondition, {
      listType: 'map',
      keys: ['type'],
      mergeKey: 'type',
      patchStrategy: 'merge',
    }),
  ),
});
export interface HorizontalPodAutoscalerStatus extends Static<typeof HorizontalPodAutoscalerStatus> {}

export const HorizontalPodAutoscaler = namespaced(
  'autoscaling/v2',
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  {
    spec: required(2, HorizontalPodAutoscalerSpec),
    status: always(3, HorizontalPodAutoscalerStatus),
  },
);
export interface HorizontalPodAutoscaler extends Static<typeof HorizontalPodAutoscaler> {}
