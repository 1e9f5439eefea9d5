import { conditionFields, type Descriptions } from './table.ts';

const sources = {
  type: 'Which of the following fields is meant: Resource, ContainerResource, Pods, Object or External.',
  resource: 'CPU or memory of the pods.',
  containerResource: 'CPU or memory of one container in the pods.',
  pods: 'A metric of each pod, such as requests per second.',
  object: 'A metric of another object, such as an Ingress.',
  external: 'A metric from outside the cluster, such as the length of a queue.',
} as const;

const target = 'The value to aim at.';
const current = 'The value now.';
const metric = 'The metric.';

export const autoscalingDescriptions: Descriptions = {
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler': {
    '': 'Changes the number of replicas of a Deployment or the like so that metrics stay near their targets. Needs a metrics server.',
    spec: 'What to scale, between which bounds, by which metrics.',
    status: 'What it saw and did.',
  },
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec': {
    scaleTargetRef: 'What to scale; needs a scale subresource.',
    minReplicas: 'The smallest number of replicas. Default 1.',
    maxReplicas: 'The greatest number of replicas. Not below minReplicas.',
    metrics: 'What to go by; the one that asks for the most pods wins. Default: CPU at 80 % of the requests.',
    behavior: 'How fast it may go up and down.',
  },
  'io.k8s.api.autoscaling.v2.CrossVersionObjectReference': {
    '': 'An object of the same namespace.',
    kind: 'Its kind, such as Deployment.',
    name: 'Its name.',
    apiVersion: 'Its group and version, such as apps/v1.',
  },
  'io.k8s.api.autoscaling.v2.MetricSpec': { '': 'A metric and its target.', ...sources },
  'io.k8s.api.autoscaling.v2.MetricStatus': { '': 'A metric as it is.', ...sources },
  'io.k8s.api.autoscaling.v2.MetricTarget': {
    '': 'A target; one of the values, by type.',
    type: 'Utilization, Value or AverageValue.',
    value: 'The metric as such.',
    averageValue: 'The metric divided by the number of pods.',
    averageUtilization: 'Percent of what the pods request. Pods without request make it unknown. For Resource metrics.',
  },
  'io.k8s.api.autoscaling.v2.MetricValueStatus': {
    '': 'A value.',
    value: 'The metric as such.',
    averageValue: 'The metric divided by the number of pods.',
    averageUtilization: 'Percent of what the pods request.',
  },
  'io.k8s.api.autoscaling.v2.MetricIdentifier': {
    '': 'Names a metric.',
    name: 'Its name.',
    selector: 'Its labels. Absent: the name alone.',
  },
  'io.k8s.api.autoscaling.v2.ResourceMetricSource': { name: 'cpu or memory.', target },
  'io.k8s.api.autoscaling.v2.ResourceMetricStatus': { name: 'cpu or memory.', current },
  'io.k8s.api.autoscaling.v2.ContainerResourceMetricSource': {
    name: 'cpu or memory.',
    target,
    container: 'Name of the container.',
  },
  'io.k8s.api.autoscaling.v2.ContainerResourceMetricStatus': {
    name: 'cpu or memory.',
    current,
    container: 'Name of the container.',
  },
  'io.k8s.api.autoscaling.v2.PodsMetricSource': { '': 'Its target can only be an AverageValue.', metric, target },
  'io.k8s.api.autoscaling.v2.PodsMetricStatus': { metric, current },
  'io.k8s.api.autoscaling.v2.ObjectMetricSource': {
    describedObject: 'The object.',
    target,
    metric,
  },
  'io.k8s.api.autoscaling.v2.ObjectMetricStatus': {
    describedObject: 'The object.',
    current,
    metric,
  },
  'io.k8s.api.autoscaling.v2.ExternalMetricSource': { metric, target },
  'io.k8s.api.autoscaling.v2.ExternalMetricStatus': { metric, current },
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior': {
    scaleUp: 'Upwards. Default: at once, by 4 pods or to the double every 15 s, whichever is more.',
    scaleDown: 'Downwards. Default: to the highest number wanted in the last 300 s, by any amount.',
  },
  'io.k8s.api.autoscaling.v2.HPAScalingRules': {
    '': 'How fast it may go in one direction.',
    stabilizationWindowSeconds:
      'Look back so far and take the most cautious number. Default 0 upwards, 300 downwards; at most 3600.',
    selectPolicy: 'Which policy counts: Max (default), Min, or Disabled for no change in this direction.',
    policies: 'The allowed speeds.',
    tolerance:
      'How far a metric may be off its target before anything happens, as a ratio. Default: the controller’s, 0.1.',
  },
  'io.k8s.api.autoscaling.v2.HPAScalingPolicy': {
    '': 'An allowed speed.',
    type: 'Pods or Percent.',
    value: 'How many or how much in periodSeconds; more than 0.',
    periodSeconds: 'The time it is for, 1 to 1800 s.',
  },
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus': {
    observedGeneration: 'The metadata.generation this status is about.',
    lastScaleTime: 'When it last changed the number.',
    currentReplicas: 'Pods it saw.',
    desiredReplicas: 'Pods it wants.',
    currentMetrics: 'The metrics it saw.',
    conditions: 'ScalingActive (metrics can be had), AbleToScale, ScalingLimited (at a bound).',
  },
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerCondition': { '': 'One aspect of its state.', ...conditionFields },
};
