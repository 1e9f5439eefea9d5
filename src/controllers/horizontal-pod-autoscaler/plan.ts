/**
 * What an autoscaler does with its target: each metric proposes a size, the largest counts, behavior.ts says how much of it is
 * done now. A metric that cannot be read never lets the target shrink.
 */
import type { Scale } from '../../api/groups/autoscaling.v1.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition,
  HorizontalPodAutoscalerStatus,
  MetricStatus,
} from '../../api/groups/autoscaling.v2.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { parseQuantity, quantityToMilli } from '../../api/quantity.ts';
import { formatTime } from '../../api/time.ts';
import type { EventNote } from '../controller.ts';
import { decideSize, type Decision, type History } from './behavior.ts';
import { propose, type Proposal, type Reading } from './proposal.ts';
import type { Tolerance } from './replicas.ts';

/** What kube-controller-manager has flags for; default there and here. */
export interface AutoscalingSettings {
  readonly syncMs: number;
  readonly downWindowMs: number;
  readonly tolerance: number;
  readonly cpuInitializationMs: number;
  readonly initialReadinessMs: number;
}

export const defaultAutoscaling: AutoscalingSettings = {
  syncMs: 15_000,
  downWindowMs: 300_000,
  tolerance: 0.1,
  cpuInitializationMs: 300_000,
  initialReadinessMs: 30_000,
};

export interface Observed {
  readonly autoscaler: HorizontalPodAutoscaler;
  readonly scale: Scale;
  /** Those that the target's selector selects. */
  readonly pods: readonly Pod[];
  /** One for each metric, in their order. */
  readonly readings: readonly Reading[];
  readonly history: History;
  readonly settings: AutoscalingSettings;
  readonly nowMs: number;
}

export interface Plan {
  /** The size to give the target, if it must change. */
  readonly rescale?: { readonly replicas: number; readonly reason: string };
  /** As it is when nothing is scaled. */
  readonly status: HorizontalPodAutoscalerStatus;
  readonly events: readonly EventNote[];
  readonly history: History;
}

/** The part of a decision that needs no metrics, or undefined when they must be read. */
export function needsMetrics({ autoscaler, scale }: Pick<Observed, 'autoscaler' | 'scale'>): boolean {
  const { min, max, current } = boundsOf(autoscaler, scale);
  return !(current === 0 && min !== 0) && current >= min && current <= max;
}

export function planScaling(observed: Observed): Plan {
  const { autoscaler, scale, nowMs, history } = observed;
  const { min, max, current } = boundsOf(autoscaler, scale);
  const status = withCondition(autoscaler.status, nowMs, {
    type: 'AbleToScale',
    status: 'True',
    reason: 'SucceededGetScale',
    message: "the HPA controller was able to get the target's current scale",
  });
  const begun = history.recommendations.length > 0 ? history : remember(history, current, nowMs);
  if (needsMetrics(observed)) return planByMetrics({ ...observed, history: begun }, status);
  const done = { events: [], history: begun };
  if (current === 0 && min !== 0) {
    const disabled = withCondition(status, nowMs, {
      type: 'ScalingActive',
      status: 'False',
      reason: 'ScalingDisabled',
      message: 'scaling is disabled since the replica count of the target is zero',
    });
    return { ...done, status: counted(disabled, current, current, []) };
  }
  const [replicas, reason] =
    current > max
      ? [max, 'Current number of replicas above Spec.MaxReplicas']
      : [min, 'Current number of replicas below Spec.MinReplicas'];
  return { ...done, rescale: { replicas, reason }, status: counted(status, current, replicas, []) };
}

function planByMetrics(observed: Observed, status: HorizontalPodAutoscalerStatus): Plan {
  const { autoscaler, scale, history, settings, nowMs } = observed;
  const { min, max, current } = boundsOf(autoscaler, scale);
  const proposals = proposalsOf(observed);
  const statuses = proposals.map((one) => (one.ok ? one.status : { type: '' }));
  const failures = proposals.filter((one) => !one.ok);
  const events: EventNote[] = failures.map(({ reason, error }) => ({ type: 'Warning', reason, message: error }));
  const best = largest(proposals);
  const [failed] = failures;
  if (best === undefined || (failed !== undefined && best.replicas < current)) {
    const why = failed ?? { reason: 'FailedGetResourceMetric', error: '', summary: '' };
    const count = `${failures.length} invalid out of ${proposals.length}`;
    const message = `invalid metrics (${count}), first error is: ${why.summary}`;
    events.push({ type: 'Warning', reason: 'FailedComputeMetricsReplicas', message });
    const inactive = withCondition(status, nowMs, {
      type: 'ScalingActive',
      status: 'False',
      reason: why.reason,
      message: `the HPA was unable to compute the replica count: ${why.error}`,
    });
    return { status: counted(inactive, current, status.desiredReplicas, statuses), events, history };
  }
  const active = withCondition(status, nowMs, {
    type: 'ScalingActive',
    status: 'True',
    reason: 'ValidMetricFound',
    message: `the HPA was able to successfully calculate a replica count from ${best.metric}`,
  });
  const desired = Math.max(0, best.replicas);
  const { behavior } = autoscaler.spec;
  const { downWindowMs } = settings;
  const decision = decideSize({ current, desired, min, max, behavior, history, downWindowMs, nowMs });
  const reason = desired > current ? `${best.metric} above target` : 'All metrics below target';
  const next = counted(withDecision(active, decision, nowMs), current, decision.replicas, statuses);
  const rescale =
    decision.replicas === current
      ? {}
      : { rescale: { replicas: decision.replicas, reason: desired === current ? '' : reason } };
  return { ...rescale, status: next, events, history: decision.history };
}

function proposalsOf({ autoscaler, scale, pods, readings, settings, nowMs }: Observed): readonly Proposal[] {
  const measured = {
    current: scale.spec.replicas ?? 0,
    running: scale.status.replicas,
    pods,
    tolerance: toleranceOf(autoscaler, settings.tolerance),
    timing: { nowMs, ...settings },
  };
  return (autoscaler.spec.metrics ?? []).map((spec, i) =>
    propose(spec, readings[i] ?? { of: 'nothing', error: '' }, measured),
  );
}

function toleranceOf({ spec }: HorizontalPodAutoscaler, fallback: number): Tolerance {
  const share = (quantity: string | null | undefined): number =>
    quantity == null ? fallback : quantityToMilli(parseQuantity(quantity)) / 1000;
  const { scaleUp, scaleDown } = spec.behavior ?? {};
  return { up: share(scaleUp?.tolerance), down: share(scaleDown?.tolerance) };
}

/** The first of the largest. */
function largest(proposals: readonly Proposal[]): Extract<Proposal, { ok: true }> | undefined {
  return proposals
    .filter((one) => one.ok)
    .reduce<Extract<Proposal, { ok: true }> | undefined>(
      (best, one) => (best === undefined || one.replicas > best.replicas ? one : best),
      undefined,
    );
}

function boundsOf({ spec }: HorizontalPodAutoscaler, scale: Scale) {
  return { min: spec.minReplicas ?? 1, max: spec.maxReplicas, current: scale.spec.replicas ?? 0 };
}

const remember = (history: History, replicas: number, atMs: number): History => ({
  ...history,
  recommendations: [{ replicas, atMs }],
});

function withDecision(
  status: HorizontalPodAutoscalerStatus,
  { stabilized, limited }: Decision,
  nowMs: number,
): HorizontalPodAutoscalerStatus {
  const { isLimited, reason, message } = limited;
  const able = withCondition(status, nowMs, { type: 'AbleToScale', status: 'True', ...stabilized });
  return withCondition(able, nowMs, { type: 'ScalingLimited', status: isLimited ? 'True' : 'False', reason, message });
}

function counted(
  { lastScaleTime, conditions }: HorizontalPodAutoscalerStatus,
  currentReplicas: number,
  desiredReplicas: number,
  currentMetrics: readonly MetricStatus[],
): HorizontalPodAutoscalerStatus {
  return {
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    currentReplicas,
    desiredReplicas,
    currentMetrics,
    ...(conditions === undefined ? {} : { conditions }),
  };
}

/** The target's scale could not be read: nothing else of the status is known anew. */
export function unableToGetScale(
  status: HorizontalPodAutoscalerStatus,
  error: string,
  nowMs: number,
): HorizontalPodAutoscalerStatus {
  return withCondition(status, nowMs, {
    type: 'AbleToScale',
    status: 'False',
    reason: 'FailedGetScale',
    message: `the HPA controller was unable to get the target's current scale: ${error}`,
  });
}

/** The selector of the target's scale is missing, cannot be read, or selects what another autoscaler scales. */
export function withoutSelector(
  { autoscaler, scale, nowMs }: Pick<Observed, 'autoscaler' | 'scale' | 'nowMs'>,
  reason: 'InvalidSelector' | 'AmbiguousSelector',
  message: string,
): HorizontalPodAutoscalerStatus {
  const able = withCondition(autoscaler.status, nowMs, {
    type: 'AbleToScale',
    status: 'True',
    reason: 'SucceededGetScale',
    message: "the HPA controller was able to get the target's current scale",
  });
  const inactive = withCondition(able, nowMs, { type: 'ScalingActive', status: 'False', reason, message });
  return counted(inactive, scale.spec.replicas ?? 0, autoscaler.status.desiredReplicas, []);
}

/** After the target was given its size, or refused it (`error`). */
export function afterRescale(
  { autoscaler, scale, nowMs }: Pick<Observed, 'autoscaler' | 'scale' | 'nowMs'>,
  { status, rescale }: Pick<Plan, 'status' | 'rescale'>,
  error?: string,
): HorizontalPodAutoscalerStatus {
  const current = scale.spec.replicas ?? 0;
  if (error !== undefined) {
    const failed = withCondition(status, nowMs, {
      type: 'AbleToScale',
      status: 'False',
      reason: 'FailedUpdateScale',
      message: `the HPA controller was unable to update the target scale: ${error}`,
    });
    const { desiredReplicas, currentMetrics } = autoscaler.status;
    return counted(failed, current, desiredReplicas, currentMetrics ?? []);
  }
  const scaled = withCondition(status, nowMs, {
    type: 'AbleToScale',
    status: 'True',
    reason: 'SucceededRescale',
    message: `the HPA controller was able to update the target scale to ${rescale?.replicas}`,
  });
  return { ...scaled, lastScaleTime: formatTime(nowMs) };
}

/** In its place, or at the end; the time is that of the last change of status. */
function withCondition(
  status: HorizontalPodAutoscalerStatus,
  nowMs: number,
  next: HorizontalPodAutoscalerCondition,
): HorizontalPodAutoscalerStatus {
  const conditions = status.conditions ?? [];
  const known = conditions.find(({ type }) => type === next.type);
  const lastTransitionTime =
    known !== undefined && known.status === next.status ? known.lastTransitionTime : formatTime(nowMs);
  const condition: HorizontalPodAutoscalerCondition = { ...next, lastTransitionTime };
  const all =
    known === undefined ? [...conditions, condition] : conditions.map((one) => (one === known ? condition : one));
  return { ...status, conditions: all };
}
