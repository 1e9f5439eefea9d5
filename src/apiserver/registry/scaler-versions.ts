/**
 * HorizontalPodAutoscalers in autoscaling/v1, which knows CPU utilisation alone. What else version 2 says travels in
 * annotations, in the words of the version that came between.
 */
import type { KubeObject } from '../../api/kind.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { Conversion } from './served.ts';

const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';
const currentAnnotation = 'autoscaling.alpha.kubernetes.io/current-metrics';
const conditionsAnnotation = 'autoscaling.alpha.kubernetes.io/conditions';

interface Parts {
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
  readonly status: JsonObject;
}

export const scalers: Conversion = { toServed, toStored };

function toServed(stored: KubeObject): KubeObject {
  const { metadata, spec, status, ...rest } = stored as unknown as JsonObject & Parts;
  const { metrics, behavior, ...sharedSpec } = spec;
  const { currentMetrics, conditions, ...sharedStatus } = status;
  const [cpu, others] = apart(listOf(metrics), 'target');
  const [currentCpu, otherCurrent] = apart(listOf(currentMetrics), 'current');
  const annotations = {
    ...objectOf(metadata['annotations']),
    ...annotation(metricsAnnotation, others.map(metricToOld)),
    ...annotation(behaviorAnnotation, behavior),
    ...annotation(currentAnnotation, otherCurrent.map(metricToOld)),
    ...annotation(conditionsAnnotation, conditions),
  };
  return {
    ...rest,
    apiVersion: 'autoscaling/v1',
    metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata,
    spec: { ...sharedSpec, ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu }) },
    status: {
      currentReplicas: 0,
      ...sharedStatus,
      ...(currentCpu === undefined ? {} : { currentCPUUtilizationPercentage: currentCpu }),
    },
  } as unknown as KubeObject;
}

function toStored(served: KubeObject): KubeObject {
  const { metadata, spec, status, ...rest } = served as unknown as JsonObject & Parts;
  const { targetCPUUtilizationPercentage: percentage, ...sharedSpec } = spec;
  const { currentCPUUtilizationPercentage: current, currentReplicas, ...sharedStatus } = status;
  const all = objectOf(metadata['annotations']);
  const {
    [metricsAnnotation]: metrics,
    [behaviorAnnotation]: behavior,
    [currentAnnotation]: currentMetrics,
    [conditionsAnnotation]: conditions,
    ...annotations
  } = all;
  const cpu = (name: 'target' | 'current', value: Json | undefined): JsonObject[] =>
    value === undefined ? [] : [cpuMetric(name, value)];
  const wanted = [...listOf(parsed(metrics)).map(metricFromOld), ...cpu('target', percentage)];
  const seen = [...listOf(parsed(currentMetrics)).map(metricFromOld), ...cpu('current', current)];
  const { annotations: _annotations, ...plain } = metadata;
  return {
    ...rest,
    apiVersion: 'autoscaling/v2',
    metadata: Object.keys(annotations).length > 0 ? { ...plain, annotations } : plain,
    spec: {
      ...sharedSpec,
      ...(wanted.length === 0 ? {} : { metrics: wanted }),
      ...(behavior === undefined ? {} : { behavior: parsed(behavior) }),
    },
    status: {
      ...(currentReplicas === undefined || currentReplicas === 0 ? {} : { currentReplicas }),
      ...sharedStatus,
      currentMetrics: seen.length === 0 ? null : seen,
      ...(conditions === undefined ? {} : { conditions: parsed(conditions) }),
    },
  } as unknown as KubeObject;
}

const cpuMetric = (name: 'target' | 'current', averageUtilization: Json): JsonObject => ({
  type: 'Resource',
  resource: {
    name: 'cpu',
    [name]: name === 'target' ? { type: 'Utilization', averageUtilization } : { averageUtilization },
  },
});

/** The CPU's utilisation, and the metrics that are none. `name`: where a metric has its value. */
function apart(metrics: readonly JsonObject[], name: 'target' | 'current'): [Json | undefined, readonly JsonObject[]] {
  const utilization = (metric: JsonObject): Json | undefined => {
    const resource = objectOf(metric['resource']);
    const isCpu = metric['type'] === 'Resource' && resource['name'] === 'cpu';
    return isCpu ? objectOf(resource[name])['averageUtilization'] : undefined;
  };
  const cpu = metrics.find((metric) => utilization(metric) !== undefined);
  return [cpu === undefined ? undefined : utilization(cpu), metrics.filter((metric) => metric !== cpu)];
}

/** The parts of a metric, by its type: where its description stands. */
const partNames: Readonly<Record<string, string>> = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
};

/** Values of targets by their names in version 2, and what stands before the value's name in the old words. */
const oldNames: readonly (readonly [string, string, string])[] = [
  ['value', 'targetValue', 'currentValue'],
  ['averageValue', 'targetAverageValue', 'currentAverageValue'],
  ['averageUtilization', 'targetAverageUtilization', 'currentAverageUtilization'],
];

function metricToOld(metric: JsonObject): JsonObject {
  const part = partNames[String(metric['type'])] ?? '';
  const { metric: named, target, current, describedObject, ...kept } = objectOf(metric[part]);
  const { name, selector } = objectOf(named);
  const values = Object.fromEntries(
    oldNames.flatMap(([plain, ofTarget, ofCurrent]) => [
      ...given(ofTarget, objectOf(target)[plain]),
      ...given(ofCurrent, objectOf(current)[plain]),
    ]),
  );
  const selectorName = part === 'external' ? 'metricSelector' : 'selector';
  const before = part === 'external' ? Object.fromEntries(given(selectorName, selector)) : {};
  const after = part === 'external' ? {} : Object.fromEntries(given(selectorName, selector));
  const old = {
    ...kept,
    ...Object.fromEntries([...given('target', describedObject), ...given('metricName', name)]),
    ...before,
    ...values,
    ...after,
  };
  return { type: metric['type'] ?? '', [part]: old };
}

function metricFromOld(metric: JsonObject): JsonObject {
  const part = partNames[String(metric['type'])] ?? '';
  const old = objectOf(metric[part]);
  const { metricName, metricSelector, selector, target, ...others } = old;
  const kept: Record<string, Json> = { ...others };
  const values: Record<'target' | 'current', Record<string, Json>> = { target: {}, current: {} };
  for (const [plain, ofTarget, ofCurrent] of oldNames) {
    for (const [where, name] of [
      ['target', ofTarget],
      ['current', ofCurrent],
    ] as const) {
      const value = kept[name];
      if (value !== undefined) values[where][plain] = value;
      delete kept[name];
    }
  }
  const named = Object.fromEntries([...given('name', metricName), ...given('selector', metricSelector ?? selector)]);
  const wanted = values.target;
  const type =
    wanted['averageUtilization'] !== undefined
      ? 'Utilization'
      : wanted['averageValue'] !== undefined
        ? 'AverageValue'
        : 'Value';
  return {
    type: metric['type'] ?? '',
    [part]: {
      ...kept,
      ...Object.fromEntries(given('describedObject', target)),
      ...(metricName === undefined ? {} : { metric: named }),
      ...(Object.keys(values.current).length > 0 ? { current: values.current } : { target: { type, ...wanted } }),
    },
  };
}

const given = (name: string, value: Json | undefined): [string, Json][] => (value === undefined ? [] : [[name, value]]);

function annotation(name: string, value: Json | undefined): JsonObject {
  const empty = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
  return empty ? {} : { [name]: JSON.stringify(value) };
}

/** An annotation that is no JSON (clients can write what they like) says nothing. */
function parsed(text: Json | undefined): Json {
  try {
    return typeof text === 'string' ? (JSON.parse(text) as Json) : null;
  } catch {
    return null;
  }
}

const listOf = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly JsonObject[]) : [];
const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
