/** The types of group autoscaling, version v1. */
import { namespaced } from '../kind.ts';
import { message } from '../message.ts';
import { LabelSelector, ObjectMeta } from './meta.v1.ts';
import {
  always,
  int32,
  int64,
  object,
  optional,
  pointer,
  quantity,
  required,
  string,
  time,
  type Static,
} from '../schema.ts';

export const ContainerResourceMetricSource = object('io.k8s.api.autoscaling.v1.ContainerResourceMetricSource', {
  name: always(1, string),
  targetAverageUtilization: pointer(2, int32),
  targetAverageValue: pointer(3, quantity),
  container: always(5, string),
});
export interface ContainerResourceMetricSource extends Static<typeof ContainerResourceMetricSource> {}

export const ContainerResourceMetricStatus = object('io.k8s.api.autoscaling.v1.ContainerResourceMetricStatus', {
  name: always(1, string),
  currentAverageUtilization: pointer(2, int32),
  currentAverageValue: always(3, quantity),
  container: always(4, string),
});
export interface ContainerResourceMetricStatus extends Static<typeof ContainerResourceMetricStatus> {}

export const CrossVersionObjectReference = object(
  'io.k8s.api.autoscaling.v1.CrossVersionObjectReference',
  {
    kind: required(1, string),
    name: required(2, string),
    apiVersion: optional(3, string),
  },
  { atomic: true },
);
export interface CrossVersionObjectReference extends Static<typeof CrossVersionObjectReference> {}

export const ExternalMetricSource = object('io.k8s.api.autoscaling.v1.ExternalMetricSource', {
  metricName: always(1, string),
  metricSelector: pointer(2, LabelSelector),
  targetValue: pointer(3, quantity),
  targetAverageValue: pointer(4, quantity),
});
export interface ExternalMetricSource extends Static<typeof ExternalMetricSource> {}

export const ExternalMetricStatus = object('io.k8s.api.autoscaling.v1.ExternalMetricStatus', {
  metricName: always(1, string),
  metricSelector: pointer(2, LabelSelector),
  currentValue: always(3, quantity),
  currentAverageValue: pointer(4, quantity),
});
export interface ExternalMetricStatus extends Static<typeof ExternalMetricStatus> {}

export const HorizontalPodAutoscalerSpec = object('io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec', {
  scaleTargetRef: required(1, CrossVersionObjectReference),
  minReplicas: pointer(2, int32),
  maxReplicas: required(3, int32),
  targetCPUUtilizationPercentage: pointer(4, int32),
});
export interface HorizontalPodAutoscalerSpec extends Static<typeof HorizontalPodAutoscalerSpec> {}

export const HorizontalPodAutoscalerStatus = object('io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerStatus', {
  observedGeneration: pointer(1, int64),
  lastScaleTime: pointer(2, time),
  currentReplicas: required(3, int32),
  desiredReplicas: required(4, int32),
  currentCPUUtilizationPercentage: pointer(5, int32),
});
export interface HorizontalPodAutoscalerStatus extends Static<typeof HorizontalPodAutoscalerStatus> {}

export const HorizontalPodAutoscaler = namespaced(
  'autoscaling/v1',
  'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler',
  {
    spec: required(2, HorizontalPodAutoscalerSpec),
    status: always(3, HorizontalPodAutoscalerStatus),
  },
);
export interface HorizontalPodAutoscaler extends Static<typeof HorizontalPodAutoscaler> {}

export const ObjectMetricSource = object('io.k8s.api.autoscaling.v1.ObjectMetricSource', {
  target: always(1, CrossVersionObjectReference),
  metricName: always(2, string),
  targetValue: always(3, quantity),
  selector: pointer(4, LabelSelector),
  averageValue: pointer(5, quantity),
});
export interface ObjectMetricSource extends Static<typeof ObjectMetricSource> {}

export const ObjectMetricStatus = object('io.k8s.api.autoscaling.v1.ObjectMetricStatus', {
  target: always(1, CrossVersionObjectReference),
  metricName: always(2, string),
  currentValue: always(3, quantity),
  selector: pointer(4, LabelSelector),
  averageValue: pointer(5, quantity),
});
export interface ObjectMetricStatus extends Static<typeof ObjectMetricStatus> {}

export const PodsMetricSource = object('io.k8s.api.autoscaling.v1.PodsMetricSource', {
  metricName: always(1, string),
  targetAverageValue: always(2, quantity),
  selector: pointer(3, LabelSelector),
});
export interface PodsMetricSource extends Static<typeof PodsMetricSource> {}

export const PodsMetricStatus = object('io.k8s.api.autoscaling.v1.PodsMetricStatus', {
  metricName: always(1, string),
  currentAverageValue: always(2, quantity),
  selector: pointer(3, LabelSelector),
});
export interface PodsMetricStatus extends Static<typeof PodsMetricStatus> {}

export const ResourceMetricSource = object('io.k8s.api.autoscaling.v1.ResourceMetricSource', {
  name: always(1, string),
  targetAverageUtilization: pointer(2, int32),
  targetAverageValue: pointer(3, quantity),
});
export interface ResourceMetricSource extends Static<typeof ResourceMetricSource> {}

export const ResourceMetricStatus = object('io.k8s.api.autoscaling.v1.ResourceMetricStatus', {
  name: always(1, string),
  currentAverageUtilization: pointer(2, int32),
  currentAverageValue: always(3, quantity),
});
export interface ResourceMetricStatus extends Static<typeof ResourceMetricStatus> {}

export const ScaleSpec = object('io.k8s.api.autoscaling.v1.ScaleSpec', {
  replicas: optional(1, int32, { zeroDefault: true }),
});
export interface ScaleSpec extends Static<typeof ScaleSpec> {}

export const ScaleStatus = object('io.k8s.api.autoscaling.v1.ScaleStatus', {
  replicas: required(1, int32),
  selector: optional(2, string),
});
export interface ScaleStatus extends Static<typeof ScaleStatus> {}

export const Scale = message('autoscaling/v1', 'io.k8s.api.autoscaling.v1.Scale', {
  metadata: always(1, ObjectMeta),
  spec: always(2, ScaleSpec),
  status: always(3, ScaleStatus),
});
export interface Scale extends Static<typeof Scale> {}

/** How version one writes metrics into annotations; it has no field for them. */
export const MetricSpec = object('io.k8s.api.autoscaling.v1.MetricSpec', {
  type: always(1, string),
  object: pointer(2, ObjectMetricSource),
  pods: pointer(3, PodsMetricSource),
  resource: pointer(4, ResourceMetricSource),
  containerResource: pointer(7, ContainerResourceMetricSource),
  external: pointer(5, ExternalMetricSource),
});

/** What metrics are at, in annotations as well. */
export const MetricStatus = object('io.k8s.api.autoscaling.v1.MetricStatus', {
  type: always(1, string),
  object: pointer(2, ObjectMetricStatus),
  pods: pointer(3, PodsMetricStatus),
  resource: pointer(4, ResourceMetricStatus),
  containerResource: pointer(7, ContainerResourceMetricStatus),
  external: pointer(5, ExternalMetricStatus),
});
