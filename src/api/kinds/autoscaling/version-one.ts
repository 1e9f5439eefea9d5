/**
 * autoscaling/v1 knows the use of the processor alone. What else version two says travels in annotations: metrics and
 * their current values in the words of the first alpha, the behavior in the field names of Go.
 */
import { decode } from '../../codec/decode.ts';
import { DecodeError } from '../../codec/decode-error.ts';
import { MetricSpec, MetricStatus } from '../../groups/autoscaling.v1.ts';
import { HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerCondition } from '../../groups/autoscaling.v2.ts';
import type { Draft } from '../../descriptor.ts';
import type { ObjectMeta } from '../../groups/meta.v1.ts';
import type { KubeObject } from '../../kind.ts';
import { list, type AnyType, type Json, type JsonObject } from '../../schema.ts';
import { nanosOf } from '../pod/resources.ts';

const prefix = 'autoscaling.alpha.kubernetes.io/';
const own = ['metrics', 'current-metrics', 'conditions', 'behavior'].map((name) => prefix + name);

interface Scaler {
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
  readonly status: JsonObject;
}

/** How one kind of metric is written: each old field and where version two has it. */
type Names = readonly (readonly [old: string, path: string])[];

const metricNames: Names = [
  ['metricName', 'metric.name'],
  ['selector', 'metric.selector'],
];
const specNames: Readonly<Record<string, Names>> = {
  object: [
    ['target', 'describedObject'],
    ['metricName', 'metric.name'],
    ['targetValue', 'target.value'],
    ['selector', 'metric.selector'],
    ['averageValue', 'target.averageValue'],
  ],
  pods: [
    ['metricName', 'metric.name'],
    ['targetAverageValue', 'target.averageValue'],
    ['selector', 'metric.selector'],
  ],
  resource: [
    ['name', 'name'],
    ['targetAverageUtilization', 'target.averageUtilization'],
    ['targetAverageValue', 'target.averageValue'],
  ],
  containerResource: [
    ['name', 'name'],
    ['targetAverageUtilization', 'target.averageUtilization'],
    ['targetAverageValue', 'target.averageValue'],
    ['container', 'container'],
  ],
  external: [
    ['metricName', 'metric.name'],
    ['metricSelector', 'metric.selector'],
    ['targetValue', 'target.value'],
    ['targetAverageValue', 'target.averageValue'],
  ],
};
const statusNames: Readonly<Record<string, Names>> = {
  object: [
    ['target', 'describedObject'],
    ...metricNames.slice(0, 1),
    ['currentValue', 'current.value'],
    ...metricNames.slice(1),
    ['averageValue', 'current.averageValue'],
  ],
  pods: [...metricNames.slice(0, 1), ['currentAverageValue', 'current.averageValue'], ...metricNames.slice(1)],
  resource: [
    ['name', 'name'],
    ['currentAverageUtilization', 'current.averageUtilization'],
    ['currentAverageValue', 'current.averageValue'],
  ],
  containerResource: [
    ['name', 'name'],
    ['currentAverageUtilization', 'current.averageUtilization'],
    ['currentAverageValue', 'current.averageValue'],
    ['container', 'container'],
  ],
  external: [
    ['metricName', 'metric.name'],
    ['metricSelector', 'metric.selector'],
    ['currentValue', 'current.value'],
    ['currentAverageValue', 'current.averageValue'],
  ],
};
/** Amounts that the old form writes even when there is none. */
const alwaysWritten: readonly (readonly [kind: string, field: string])[] = [
  ['object', 'targetValue'],
  ['object', 'currentValue'],
  ['resource', 'currentAverageValue'],
  ['containerResource', 'currentAverageValue'],
  ['external', 'currentValue'],
];

export const autoscalers = {
  toServed(stored: KubeObject): KubeObject {
    const { metadata, spec, status, ...rest } = stored as unknown as JsonObject & Scaler;
    const { metrics, behavior, ...shared } = spec;
    const { currentMetrics, conditions, ...sharedStatus } = status;
    const wanted = objectsOf(metrics);
    const current = objectsOf(currentMetrics);
    const cpu = wanted.find((metric) => cpuUse(metric, 'target') !== undefined);
    const others = wanted.filter((metric) => cpuUse(metric, 'target') === undefined);
    const percentage = cpu === undefined ? undefined : cpuUse(cpu, 'target');
    const now = current.map((metric) => cpuUse(metric, 'current')).find((use) => use !== undefined);
    const extra: Record<string, Json> = {};
    const note = (name: string, value: Json): void => {
      extra[prefix + name] = JSON.stringify(value);
    };
    if (others.length > 0)
      note(
        'metrics',
        others.map((metric) => written(metric, specNames)),
      );
    if (current.length > 0)
      note(
        'current-metrics',
        current.map((metric) => written(metric, statusNames)),
      );
    if (objectsOf(conditions).length > 0) note('conditions', conditions ?? null);
    if (behavior != null) note('behavior', capitalised(behavior));
    return {
      ...rest,
      apiVersion: 'autoscaling/v1',
      metadata: withAnnotations(metadata, { ...annotationsOf(metadata), ...extra }),
      spec: { ...shared, ...(percentage === undefined ? {} : { targetCPUUtilizationPercentage: percentage }) },
      status: {
        currentReplicas: 0,
        ...sharedStatus,
        ...(now === undefined ? {} : { currentCPUUtilizationPercentage: now }),
      },
    } as unknown as KubeObject;
  },
  toStored(served: KubeObject): KubeObject {
    const { metadata, spec, status, ...rest } = served as unknown as JsonObject & Scaler;
    const { targetCPUUtilizationPercentage: percentage, ...shared } = spec;
    const { currentReplicas, currentCPUUtilizationPercentage: now, ...sharedStatus } = status;
    const annotations = annotationsOf(metadata);
    const metrics = noted(annotations, 'metrics', metricSpecs).map((metric) => read(metric, specNames, 'target'));
    if (percentage != null) metrics.push(cpuMetric('target', percentage));
    const current = noted(annotations, 'current-metrics', metricStatuses).map((metric) =>
      read(metric, statusNames, 'current'),
    );
    if (now != null && current.length === 0) current.push(cpuMetric('current', now));
    const conditions = noted(annotations, 'conditions', conditionList);
    const behavior = behaviorOf(annotations);
    const kept = Object.fromEntries(Object.entries(annotations).filter(([name]) => !own.includes(name)));
    return {
      ...rest,
      apiVersion: 'autoscaling/v2',
      metadata: withAnnotations(metadata, kept),
      spec: {
        ...shared,
        ...(metrics.length === 0 ? {} : { metrics }),
        ...(behavior === undefined ? {} : { behavior }),
      },
      status: {
        ...(currentReplicas ? { currentReplicas } : {}),
        ...sharedStatus,
        currentMetrics: current.length === 0 ? null : current,
        ...(conditions.length === 0 ? {} : { conditions }),
      },
    } as unknown as KubeObject;
  },
};

type Side = 'target' | 'current';

function cpuUse(metric: JsonObject, side: Side): Json | undefined {
  if (metric['type'] !== 'Resource' || at(metric, 'resource.name') !== 'cpu') return undefined;
  return at(metric, `resource.${side}.averageUtilization`);
}

function cpuMetric(side: Side, use: Json): JsonObject {
  const type = side === 'target' ? { type: 'Utilization' } : {};
  return { type: 'Resource', resource: { name: 'cpu', [side]: { ...type, averageUtilization: use } } };
}

function written(metric: JsonObject, names: Readonly<Record<string, Names>>): JsonObject {
  const result: Record<string, Json> = { type: metric['type'] ?? '' };
  for (const [kind, fields] of Object.entries(names)) {
    const source = metric[kind];
    if (source == null) continue;
    const old: Record<string, Json> = {};
    for (const [field, path] of fields) {
      const value = at(source, path);
      if (value != null) old[field] = value;
      else if (alwaysWritten.some(([of, name]) => of === kind && name === field)) old[field] = '0';
    }
    result[kind] = old;
  }
  return result;
}

function read(metric: JsonObject, names: Readonly<Record<string, Names>>, side: Side): JsonObject {
  const result: Record<string, Json> = { type: metric['type'] ?? '' };
  for (const [kind, fields] of Object.entries(names)) {
    const old = metric[kind] as JsonObject | null | undefined;
    if (old == null) continue;
    const source: Record<string, Record<string, Json> | Json> = {};
    for (const [field, path] of fields) {
      const value = old[field];
      if (value == null) continue;
      const [first = '', second] = path.split('.');
      if (second === undefined) source[first] = value;
      else source[first] = { ...(source[first] as JsonObject | undefined), [second]: value };
    }
    if (side === 'target') source['target'] = typedTarget(kind, (source['target'] ?? {}) as JsonObject);
    result[kind] = source as JsonObject;
  }
  return result;
}

/** The old form does not say of which type a target is: it shows in what is given. */
function typedTarget(kind: string, target: JsonObject): JsonObject {
  const { value, ...rest } = target;
  switch (kind) {
    case 'object':
      if (target['averageValue'] === undefined) return { type: 'Value', ...target };
      // The old form writes an amount where there was none.
      return { type: 'AverageValue', ...(nanosOf(String(value ?? '0')) === 0n ? rest : target) };
    case 'external':
      return { type: value === undefined ? 'AverageValue' : 'Value', ...target };
    default:
      return { type: target['averageUtilization'] === undefined ? 'AverageValue' : 'Utilization', ...target };
  }
}

function at(value: Json, path: string): Json | undefined {
  let found: Json | undefined = value;
  for (const name of path.split('.')) found = (found as JsonObject | null | undefined)?.[name];
  return found;
}

const objectsOf = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as JsonObject[]) : [];

const annotationsOf = (metadata: JsonObject): JsonObject => (metadata['annotations'] ?? {}) as JsonObject;

function withAnnotations({ annotations: _replaced, ...metadata }: JsonObject, annotations: JsonObject): JsonObject {
  return Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations };
}

/** What version one has no field for stands in an annotation. */
export function hasNotedMetrics({ annotations }: { readonly annotations?: JsonObject | undefined }): boolean {
  return noted(annotations ?? {}, 'metrics', metricSpecs).length > 0;
}

const notesOf: Readonly<Record<Part, readonly string[]>> = {
  spec: ['metrics', 'behavior'],
  status: ['current-metrics', 'conditions'],
};
type Part = 'spec' | 'status';

/** What annotations say of the spec or of the status is part of it: it stays where that part does; `old`: none, it goes. */
export function keepNotes(metadata: Draft<ObjectMeta>, old: Pick<ObjectMeta, 'annotations'>, part: Part): void {
  const names = notesOf[part].map((name) => prefix + name);
  const taken = (annotations: Readonly<Record<string, string>> | undefined, wanted: boolean): [string, string][] =>
    Object.entries(annotations ?? {}).filter(([name]) => names.includes(name) === wanted);
  const entries = [...taken(metadata.annotations, false), ...taken(old.annotations, true)];
  if (entries.length > 0) metadata.annotations = Object.fromEntries(entries);
  else delete metadata.annotations;
}

const metricSpecs = list(MetricSpec);
const metricStatuses = list(MetricStatus);
const conditionList = list(HorizontalPodAutoscalerCondition);

function noted(annotations: JsonObject, name: string, type: AnyType): JsonObject[] {
  return [...objectsOf(readAs(type, annotations[prefix + name]))];
}

function behaviorOf(annotations: JsonObject): Json | undefined {
  const behavior = readAs(HorizontalPodAutoscalerBehavior, annotations[`${prefix}behavior`], uncapitalised);
  return behavior === undefined || Object.keys(behavior as JsonObject).length === 0 ? undefined : behavior;
}

/** What a client wrote by hand and cannot be read counts as nothing. */
function readAs(type: AnyType, text: Json | undefined, prepare = (value: Json): Json => value): Json | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return decode(type, prepare(JSON.parse(text) as Json)).value as Json;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DecodeError) return undefined;
    throw error;
  }
}

const capitalised = (value: Json): Json => renamedKeys(value, (key) => key.charAt(0).toUpperCase() + key.slice(1));

const uncapitalised = (value: Json): Json => renamedKeys(value, (key) => key.charAt(0).toLowerCase() + key.slice(1));

function renamedKeys(value: Json, rename: (key: string) => string): Json {
  if (Array.isArray(value)) return value.map((item) => renamedKeys(item as Json, rename));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [rename(key), renamedKeys(item as Json, rename)]),
  );
}
