/** Versions that are served but not stored: how they become the stored one and back. */
import type { KubeObject } from '../../api/kind.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { Conversion } from './served.ts';

type Fields = Record<string, Json>;

const renamed = (object: KubeObject, apiVersion: string, names: Readonly<Record<string, string>>): Fields => {
  const result: Fields = {};
  for (const [field, value] of Object.entries(object as unknown as JsonObject)) result[names[field] ?? field] = value;
  result['apiVersion'] = apiVersion;
  return result;
};

const eventNames: Readonly<Record<string, string>> = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
};

const reversed = (names: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(names).map(([from, to]) => [to, from]));

/** events.k8s.io/v1 is the core Event under other field names. */
const events: Conversion = {
  toServed: (stored) => renamed(stored, 'events.k8s.io/v1', eventNames) as unknown as KubeObject,
  toStored: (served) => renamed(served, 'v1', reversed(eventNames)) as unknown as KubeObject,
};

const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';

interface Scaler {
  readonly spec: Readonly<Record<string, Json>>;
  readonly status: Readonly<Record<string, Json>>;
}

/** autoscaling/v1 knows CPU utilisation alone; what else v2 says travels in an annotation. */
const scalers: Conversion = {
  toServed(stored) {
    const { spec, status, ...rest } = stored as unknown as JsonObject & Scaler;
    const { metrics, behavior: _behavior, ...shared } = spec;
    const list = Array.isArray(metrics) ? (metrics as JsonObject[]) : [];
    const cpu = list.find(isCpuUtilization);
    const others = list.filter((metric) => metric !== cpu);
    const resource = cpu?.['resource'] as JsonObject | undefined;
    const average = (resource?.['target'] as JsonObject | undefined)?.['averageUtilization'];
    const metadata = rest['metadata'] as JsonObject;
    const annotations = {
      ...(metadata['annotations'] as JsonObject | undefined),
      ...(others.length > 0 ? { [metricsAnnotation]: JSON.stringify(others) } : {}),
    };
    const { currentMetrics: _current, conditions: _conditions, ...sharedStatus } = status;
    return {
      ...rest,
      apiVersion: 'autoscaling/v1',
      metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata,
      spec: { ...shared, ...(average === undefined ? {} : { targetCPUUtilizationPercentage: average }) },
      status: { currentReplicas: 0, ...sharedStatus },
    } as unknown as KubeObject;
  },
  toStored(served) {
    const { spec, ...rest } = served as unknown as JsonObject & Scaler;
    const { targetCPUUtilizationPercentage: percentage, ...shared } = spec;
    const metadata = rest['metadata'] as JsonObject;
    const { [metricsAnnotation]: others, ...annotations } = (metadata['annotations'] ?? {}) as JsonObject;
    const metrics = [
      ...(percentage === undefined
        ? []
        : [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage } },
            },
          ]),
      ...(typeof others === 'string' ? (JSON.parse(others) as Json[]) : []),
    ];
    const { annotations: _annotations, ...plain } = metadata;
    return {
      ...rest,
      apiVersion: 'autoscaling/v2',
      metadata: Object.keys(annotations).length > 0 ? { ...plain, annotations } : plain,
      spec: { ...shared, ...(metrics.length === 0 ? {} : { metrics }) },
    } as unknown as KubeObject;
  },
};

function isCpuUtilization(metric: JsonObject): boolean {
  const resource = metric['resource'] as JsonObject | undefined;
  const target = resource?.['target'] as JsonObject | undefined;
  return metric['type'] === 'Resource' && resource?.['name'] === 'cpu' && target?.['averageUtilization'] !== undefined;
}

/** By `plural.apiVersion`. */
export const conversions: Readonly<Record<string, Conversion>> = {
  'events.events.k8s.io/v1': events,
  'horizontalpodautoscalers.autoscaling/v1': scalers,
};
