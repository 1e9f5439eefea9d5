/**
 * How many replicas a measurement asks for: the size that would bring usage to its target. Pods that tell nothing pull
 * against the change, never with it: those without metrics count as idle when more are wanted and as fully used when fewer
 * are; those that are not ready yet count as idle, and only when more are wanted. All amounts are thousandths.
 */
import type { Container, Pod } from '../../api/groups/core.v1.ts';
import { aggregateRequest } from '../../api/kinds/pod/aggregate.ts';
import { parseQuantity, quantityToMilli } from '../../api/quantity.ts';
import { findCondition } from '../condition.ts';
import { isPodReady } from '../pod-state.ts';
import { timeMs } from '../time.ts';

/** Of one pod: the amount, when it was taken, and the time that it speaks of. */
export interface Sample {
  readonly milli: number;
  readonly atMs: number;
  readonly windowMs: number;
}

export type Samples = ReadonlyMap<string, Sample>;

/** Shares of the target: a ratio between 1 - down and 1 + up is near enough. */
export interface Tolerance {
  readonly up: number;
  readonly down: number;
}

/** A target that cannot be computed; the message is Kubernetes'. */
export class MetricError extends Error {
  override readonly name = 'MetricError';
}

export interface Timing {
  readonly nowMs: number;
  /** After its start a pod's use of the processor says little for so long. */
  readonly cpuInitializationMs: number;
  /** A pod that became unready within this time after its start was never ready. */
  readonly initialReadinessMs: number;
}

export interface Sized {
  readonly replicas: number;
  /** Per pod; of utilization in percent. */
  readonly usage: number;
  /** With a utilization: the mean amount behind it. */
  readonly amount?: number;
}

export interface PodTarget {
  readonly current: number;
  readonly pods: readonly Pod[];
  readonly samples: Samples;
  /** The name of the resource, or '' for other metrics. */
  readonly resource: string;
  readonly tolerance: Tolerance;
  readonly timing: Timing;
}

/** The target is an amount for each pod. @throws MetricError */
export function sizeForAmount(target: PodTarget, wantedMilli: number): Sized {
  const means = (amounts: Amounts) => {
    const usage = Math.trunc(sum(amounts.values()) / amounts.size);
    return { ratio: usage / wantedMilli, usage };
  };
  return sizeForPods(target, { means, whenMissing: () => wantedMilli });
}

/** The target is a percentage of what pods, or their containers of this name, ask for. @throws MetricError */
export function sizeForUtilization(target: PodTarget, wantedPercent: number, container?: string): Sized {
  const { pods, resource } = target;
  let requests: Amounts | undefined;
  // Only pods that count must say what they ask for, and only when there is something to compare with.
  const asked = (): Amounts => (requests ??= requestsOf(pods, resource, container));
  const means = (amounts: Amounts) => {
    const known = [...amounts].filter(([name]) => asked().has(name));
    const requested = sum(known.map(([name]) => asked().get(name) ?? 0));
    const used = sum(known.map(([, milli]) => milli));
    if (requested === 0) throw new MetricError('no metrics returned matched known pods');
    const usage = Math.trunc((used * 100) / requested);
    return { ratio: usage / wantedPercent, usage, amount: Math.trunc(used / known.length) };
  };
  const whenMissing = (name: string) => Math.trunc(((asked().get(name) ?? 0) * Math.max(100, wantedPercent)) / 100);
  return sizeForPods(target, { means, whenMissing });
}

type Amounts = ReadonlyMap<string, number>;

interface Measure {
  readonly means: (amounts: Amounts) => { readonly ratio: number; readonly usage: number; readonly amount?: number };
  /** What a pod without metrics is taken to use when fewer replicas would do. */
  readonly whenMissing: (pod: string) => number;
}

function sizeForPods(target: PodTarget, { means, whenMissing }: Measure): Sized {
  const { current, pods, samples, tolerance } = target;
  if (pods.length === 0) throw new MetricError('no pods returned by selector while calculating replica count');
  const { ready, unready, missing, ignored } = groupPods(target);
  const amounts = new Map([...samples].map(([name, { milli }]) => [name, milli]));
  for (const name of [...ignored, ...unready]) amounts.delete(name);
  if (amounts.size === 0) {
    throw new MetricError('did not receive metrics for targeted pods (pods might be unready)');
  }
  const { ratio, ...measured } = means(amounts);
  const upWithUnready = unready.length > 0 && ratio > 1;
  if (!upWithUnready && missing.length === 0) {
    return { replicas: isNear(tolerance, ratio) ? current : Math.ceil(ratio * ready), ...measured };
  }
  if (ratio < 1) for (const name of missing) amounts.set(name, whenMissing(name));
  if (ratio > 1) for (const name of missing) amounts.set(name, 0);
  if (upWithUnready) for (const name of unready) amounts.set(name, 0);
  const cautious = means(amounts).ratio;
  const turned = (ratio < 1 && cautious > 1) || (ratio > 1 && cautious < 1);
  const replicas = Math.ceil(cautious * amounts.size);
  const backwards = (cautious < 1 && replicas > current) || (cautious > 1 && replicas < current);
  return { replicas: isNear(tolerance, cautious) || turned || backwards ? current : replicas, ...measured };
}

interface Groups {
  readonly ready: number;
  readonly unready: readonly string[];
  readonly missing: readonly string[];
  readonly ignored: readonly string[];
}

function groupPods({ pods, samples, resource, timing }: PodTarget): Groups {
  const unready: string[] = [];
  const missing: string[] = [];
  const ignored: string[] = [];
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const sample = samples.get(name);
    if (deletionTimestamp !== undefined || pod.status.phase === 'Failed') ignored.push(name);
    else if (pod.status.phase === 'Pending') unready.push(name);
    else if (sample === undefined) missing.push(name);
    else if (resource === 'cpu' && isStarting(pod, sample, timing)) unready.push(name);
  }
  return { ready: pods.length - unready.length - missing.length - ignored.length, unready, missing, ignored };
}

/** What a pod uses while it starts is not what it will use. */
function isStarting(pod: Pod, sample: Sample, { nowMs, cpuInitializationMs, initialReadinessMs }: Timing): boolean {
  const condition = findCondition(pod.status.conditions, 'Ready');
  const startedMs = timeMs(pod.status.startTime);
  if (condition === undefined || startedMs === undefined) return true;
  const turnedMs = timeMs(condition.lastTransitionTime) ?? 0;
  const unready = condition.status === 'False';
  if (startedMs + cpuInitializationMs > nowMs) return unready || sample.atMs < turnedMs + sample.windowMs;
  return unready && startedMs + initialReadinessMs > turnedMs;
}

function requestsOf(pods: readonly Pod[], resource: string, container: string | undefined): Amounts {
  return new Map(pods.map((pod) => [pod.metadata.name, requestOf(pod, resource, container)]));
}

function requestOf({ metadata, spec }: Pod, resource: string, container: string | undefined): number {
  const whole = spec.resources?.requests;
  if (container === undefined && whole !== undefined && Object.keys(whole).length > 0) {
    const request = whole[resource] ?? aggregateRequest(spec, resource);
    if (request !== undefined) return quantityToMilli(parseQuantity(request));
    throw new MetricError(`missing pod-level request for ${resource} in Pod ${metadata.name}`);
  }
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const all: readonly Container[] = [...spec.containers, ...sidecars];
  const counted = container === undefined ? all : all.filter(({ name }) => name === container);
  if (counted.length === 0) throw new MetricError(`container ${container} not found in Pod ${metadata.name}`);
  return sum(
    counted.map(({ name, resources }) => {
      const request = resources?.requests?.[resource];
      if (request !== undefined) return quantityToMilli(parseQuantity(request));
      throw new MetricError(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`);
    }),
  );
}

export interface ValueTarget {
  readonly tolerance: Tolerance;
  /** The measured value. */
  readonly milli: number;
}

/** The target is one value for all pods together. @throws MetricError */
export function sizeForValue(
  { tolerance, milli }: ValueTarget,
  wantedMilli: number,
  { current, pods }: { readonly current: number; readonly pods: readonly Pod[] },
): Sized {
  const ratio = milli / wantedMilli;
  if (current === 0) return { replicas: bounded(ratio), usage: milli };
  if (isNear(tolerance, ratio)) return { replicas: current, usage: milli };
  if (pods.length === 0) {
    throw new MetricError(
      'unable to calculate ready pods: no pods returned by selector while calculating replica count',
    );
  }
  const ready = pods.filter((pod) => pod.status.phase === 'Running' && isPodReady(pod)).length;
  return { replicas: bounded(ratio * ready), usage: milli };
}

/** The target is a share of one value for each pod. `running`: the pods there are. */
export function sizeForShare({ tolerance, milli }: ValueTarget, wantedMilli: number, running: number): Sized {
  const near = running > 0 && isNear(tolerance, milli / (wantedMilli * running));
  const usage = running === 0 ? 0 : Math.ceil(milli / running);
  return { replicas: near ? running : bounded(milli / wantedMilli), usage };
}

const isNear = ({ up, down }: Tolerance, ratio: number): boolean => 1 - down <= ratio && ratio <= 1 + up;

const bounded = (replicas: number): number => Math.min(Math.ceil(replicas), 2 ** 31 - 1);

const sum = (values: Iterable<number>): number => Iterator.from(values).reduce((total, value) => total + value, 0);
