/** What one metric of an autoscaler asks for, from what was read of it. */
import type { Pod } from '../../api/groups/core.v1.ts';
import type { MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '../../api/groups/autoscaling.v2.ts';
import { formatQuantity, multiplyQuantity, parseQuantity, quantityToMilli } from '../../api/quantity.ts';
import { goSelector } from '../../api/go-selector.ts';
import {
  MetricError,
  sizeForAmount,
  sizeForShare,
  sizeForUtilization,
  sizeForValue,
  type Samples,
  type Sized,
  type Timing,
  type Tolerance,
} from './replicas.ts';

/** What came of asking a metrics API; a failure has its reason. Values are thousandths. */
export type Reading =
  | { readonly of: 'pods'; readonly samples: Samples }
  | { readonly of: 'values'; readonly values: readonly number[] }
  | { readonly of: 'nothing'; readonly error: string };

export type Proposal =
  | { readonly ok: true; readonly replicas: number; readonly metric: string; readonly status: MetricStatus }
  /** `error`: for the event and the condition; `summary`: for the message about all metrics. */
  | { readonly ok: false; readonly reason: string; readonly error: string; readonly summary: string };

export interface Measured {
  /** The target's wanted and its present size. */
  readonly current: number;
  readonly running: number;
  /** Those that the target's selector selects. */
  readonly pods: readonly Pod[];
  readonly tolerance: Tolerance;
  readonly timing: Timing;
}

interface Found {
  readonly replicas: number;
  readonly metric: string;
  readonly status: MetricStatus;
}

export function propose(spec: MetricSpec, reading: Reading, measured: Measured): Proposal {
  try {
    return { ok: true, ...compute(spec, reading, measured) };
  } catch (error) {
    if (!(error instanceof MetricError)) throw error;
    const { message } = error;
    return { ok: false, reason: reasonOf(spec), error: message, summary: `${summaryOf(spec)}: ${message}` };
  }
}

function reasonOf({ type }: MetricSpec): string {
  const known = ['Object', 'Pods', 'Resource', 'ContainerResource', 'External'];
  return known.includes(type) ? `FailedGet${type}Metric` : 'InvalidMetricSourceType';
}

function summaryOf({ type, resource, containerResource, external }: MetricSpec): string {
  if (type === 'Resource') return `failed to get ${resource?.name} resource metric value`;
  if (type === 'ContainerResource') return `failed to get ${containerResource?.container} container metric value`;
  if (type === 'External') return `failed to get ${external?.metric.name} external metric value`;
  return `failed to get ${type.toLowerCase()} metric value`;
}

function compute(spec: MetricSpec, reading: Reading, measured: Measured): Found {
  const { type, resource, containerResource, pods, object, external } = spec;
  if (type === 'Resource' && resource != null) {
    const sized = sizeForResource(resource, reading, measured);
    return { ...sized, status: { type, resource: { name: resource.name, current: sized.current } } };
  }
  if (type === 'ContainerResource' && containerResource != null) {
    const { name, container } = containerResource;
    const sized = sizeForResource(containerResource, reading, measured);
    return { ...sized, status: { type, containerResource: { name, container, current: sized.current } } };
  }
  if (type === 'Pods' && pods != null) {
    const { metric, target } = pods;
    const samples = samplesOf(reading, `unable to get metric ${metric.name}`);
    const sized = sizeForAmount({ ...measured, samples, resource: '' }, milliOf(target.averageValue));
    const current = { averageValue: quantityOf(sized.usage) };
    return {
      replicas: sized.replicas,
      metric: `pods metric ${metric.name}`,
      status: { type, pods: { metric, current } },
    };
  }
  if (type === 'Object' && object != null) return sizeForObject(object, reading, measured);
  if (type === 'External' && external != null) return sizeForExternal(external, reading, measured);
  throw new MetricError(`unknown metric source type ${JSON.stringify(type)}`);
}

interface ResourceSource {
  readonly name: string;
  readonly container?: string;
  readonly target: MetricTarget;
}

function sizeForResource({ name, container, target }: ResourceSource, reading: Reading, measured: Measured) {
  const { averageValue, averageUtilization } = target;
  if (averageValue == null && averageUtilization == null) {
    throw new MetricError(
      'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set',
    );
  }
  const kind = averageValue == null ? 'utilization' : 'usage';
  return within(`failed to get ${name} ${kind}`, () => {
    const samples = samplesOf(reading, `unable to get metrics for resource ${name}`);
    const target = { ...measured, samples, resource: name };
    if (averageValue != null) {
      const { replicas, usage } = sizeForAmount(target, milliOf(averageValue));
      return { replicas, metric: `${name} resource`, current: { averageValue: quantityOf(usage) } };
    }
    const { replicas, usage, amount } = sizeForUtilization(target, averageUtilization ?? 0, container);
    const current: MetricValueStatus = { averageUtilization: usage, averageValue: quantityOf(amount ?? 0) };
    const of = container === undefined ? 'resource' : 'container resource';
    return { replicas, metric: `${name} ${of} utilization (percentage of request)`, current };
  });
}

type ObjectSource = NonNullable<MetricSpec['object']>;

function sizeForObject({ metric, target, describedObject }: ObjectSource, reading: Reading, measured: Measured): Found {
  const about = `unable to get metric ${metric.name}`;
  const status = (current: MetricValueStatus): MetricStatus => ({
    type: 'Object',
    object: { metric, current, describedObject },
  });
  if (target.type === 'Value' && target.value != null) {
    const milli = valueOf(reading, about);
    const { replicas, usage } = sizeForValue({ ...measured, milli }, milliOf(target.value), measured);
    const name = `${describedObject.kind} metric ${metric.name}`;
    return { replicas, metric: name, status: status({ value: quantityOf(usage) }) };
  }
  if (target.type === 'AverageValue' && target.averageValue != null) {
    const milli = within(`failed to get ${metric.name} object metric`, () => valueOf(reading, about));
    const { replicas, usage } = sizeForShare({ ...measured, milli }, milliOf(target.averageValue), measured.running);
    const name = `external metric ${metric.name}(${goSelector(metric.selector)})`;
    return { replicas, metric: name, status: status({ averageValue: quantityOf(usage) }) };
  }
  throw new MetricError('invalid object metric source: neither a value target nor an average value target was set');
}

type ExternalSource = NonNullable<MetricSpec['external']>;

function sizeForExternal({ metric, target }: ExternalSource, reading: Reading, measured: Measured): Found {
  const name = `external metric ${metric.name}(${goSelector(metric.selector)})`;
  const status = (current: MetricValueStatus): MetricStatus => ({ type: 'External', external: { metric, current } });
  if (target.averageValue == null && target.value == null) {
    throw new MetricError('invalid external metric source: neither a value target nor an average value target was set');
  }
  const milli = valueOf(reading, '');
  if (target.averageValue != null) {
    const { replicas, usage } = sizeForShare({ ...measured, milli }, milliOf(target.averageValue), measured.running);
    return { replicas, metric: name, status: status({ averageValue: quantityOf(usage) }) };
  }
  return within(`failed to get external metric ${metric.name}`, () => {
    const sized: Sized = sizeForValue({ ...measured, milli }, milliOf(target.value), measured);
    return { replicas: sized.replicas, metric: name, status: status({ value: quantityOf(sized.usage) }) };
  });
}

function samplesOf(reading: Reading, about: string): Samples {
  if (reading.of === 'pods') return reading.samples;
  throw new MetricError(`${about}: ${reading.of === 'nothing' ? reading.error : ''}`);
}

function valueOf(reading: Reading, about: string): number {
  if (reading.of === 'values') return reading.values.reduce((total, value) => total + value, 0);
  const error = reading.of === 'nothing' ? reading.error : '';
  throw new MetricError(about === '' ? error : `${about}: ${error}`);
}

function within<T>(about: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof MetricError ? new MetricError(`${about}: ${error.message}`) : error;
  }
}

const milliOf = (quantity: string | null | undefined): number => quantityToMilli(parseQuantity(quantity ?? '0'));

const milli = parseQuantity('1m');

const quantityOf = (amount: number): string => formatQuantity(multiplyQuantity(milli, BigInt(Math.trunc(amount))));
