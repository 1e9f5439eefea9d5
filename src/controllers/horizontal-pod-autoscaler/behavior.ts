/**
 * From what metrics ask for to what is done now: recent recommendations damp the change (stabilization), policies bound its
 * speed, the autoscaler's limits bound its end. Without a behavior of its own an autoscaler doubles at most (or goes to four),
 * and shrinks to the highest recommendation of the last minutes.
 */
import type {
  HorizontalPodAutoscalerBehavior,
  HPAScalingPolicy,
  HPAScalingRules,
} from '../../api/groups/autoscaling.v2.ts';

interface Recommendation {
  readonly replicas: number;
  readonly atMs: number;
}

interface ScaleStep {
  /** Replicas added, or removed. */
  readonly change: number;
  readonly atMs: number;
}

/** What is remembered of an autoscaler, in memory alone: at most what its windows reach back to. */
export interface History {
  readonly recommendations: readonly Recommendation[];
  readonly added: readonly ScaleStep[];
  readonly removed: readonly ScaleStep[];
}

export interface Wish {
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly behavior: HorizontalPodAutoscalerBehavior | null | undefined;
  readonly history: History;
  /** Default window of scaling down. */
  readonly downWindowMs: number;
  readonly nowMs: number;
}

/** A reason and message of a condition. */
export interface Explained {
  readonly reason: string;
  readonly message: string;
}

export interface Decision {
  readonly replicas: number;
  readonly stabilized: Explained;
  readonly limited: Explained & { readonly isLimited: boolean };
  readonly history: History;
}

export const noHistory: History = { recommendations: [], added: [], removed: [] };

const ready: Explained = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const upStabilized: Explained = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
};
const downStabilized: Explained = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
};
const limits = {
  none: { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' },
  up: { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate' },
  down: {
    reason: 'ScaleDownLimit',
    message: 'the desired replica count is decreasing faster than the maximum scale rate',
  },
  max: { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' },
  min: { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' },
} satisfies Record<string, Explained>;

export function decideSize(wish: Wish): Decision {
  const { stable, stabilized, windowMs } = stabilize(wish);
  const [replicas, limit] =
    wish.behavior == null ? boundPlainly(wish, stable) : boundByRules(wish, stable, wish.behavior);
  const since = wish.nowMs - windowMs;
  const recent = wish.history.recommendations.filter(({ atMs }) => atMs >= since);
  return {
    replicas,
    stabilized,
    limited: { ...limit, isLimited: replicas !== stable },
    history: {
      ...wish.history,
      recommendations: [...recent, { replicas: wish.desired, atMs: wish.nowMs }],
    },
  };
}

/** Notes that the target was given a new size; steps that no policy reaches back to are forgotten. */
export function afterScaling(
  history: History,
  behavior: HorizontalPodAutoscalerBehavior | null | undefined,
  { from, to, nowMs }: { readonly from: number; readonly to: number; readonly nowMs: number },
): History {
  if (behavior == null) return history;
  const keep = (steps: readonly ScaleStep[]) => steps.filter(({ atMs }) => atMs >= nowMs - longestPeriodMs(behavior));
  const step = { change: Math.abs(to - from), atMs: nowMs };
  return {
    ...history,
    added: [...keep(history.added), ...(to > from ? [step] : [])],
    removed: [...keep(history.removed), ...(to > from ? [] : [step])],
  };
}

function longestPeriodMs({ scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): number {
  const policies = [...(scaleUp?.policies ?? []), ...(scaleDown?.policies ?? [])];
  return Math.max(0, ...policies.map(({ periodSeconds }) => periodSeconds * 1000));
}

/** `windowMs`: how far back recommendations may matter again. */
function stabilize(wish: Wish): {
  readonly stable: number;
  readonly stabilized: Explained;
  readonly windowMs: number;
} {
  const { behavior, current, desired } = wish;
  const downMs = seconds(behavior?.scaleDown?.stabilizationWindowSeconds) ?? wish.downWindowMs;
  if (behavior == null) {
    const stable = Math.max(desired, ...recommendedSince(wish, downMs));
    return { stable, stabilized: stable === desired ? ready : downStabilized, windowMs: downMs };
  }
  const upMs = seconds(behavior.scaleUp?.stabilizationWindowSeconds) ?? 0;
  const floor = Math.min(desired, ...recommendedSince(wish, upMs));
  const ceiling = Math.max(desired, ...recommendedSince(wish, downMs));
  const stable = Math.min(Math.max(current, floor), ceiling);
  const reason = desired >= current ? upStabilized : downStabilized;
  return { stable, stabilized: stable === desired ? ready : reason, windowMs: Math.max(upMs, downMs) };
}

const seconds = (given: number | null | undefined): number | undefined => (given == null ? undefined : given * 1000);

function recommendedSince({ history, nowMs }: Wish, windowMs: number): readonly number[] {
  return history.recommendations.filter(({ atMs }) => atMs > nowMs - windowMs).map(({ replicas }) => replicas);
}

function boundPlainly({ current, min, max }: Wish, desired: number): readonly [number, Explained] {
  const fastest = Math.max(2 * current, 4);
  const most = Math.min(max, fastest);
  if (desired < min) return [min, limits.min];
  return desired > most ? [most, max > fastest ? limits.up : limits.max] : [desired, limits.none];
}

function boundByRules(
  wish: Wish,
  desired: number,
  { scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior,
): readonly [number, Explained] {
  const { current, min, max } = wish;
  if (desired > current) {
    const fastest = Math.max(current, rateLimit(wish, scaleUp, 'up'));
    const most = Math.min(max, fastest);
    if (desired > most) return [most, max > fastest ? limits.up : limits.max];
  } else if (desired < current) {
    const fastest = Math.min(current, rateLimit(wish, scaleDown, 'down'));
    const least = Math.max(min, fastest);
    if (desired < least) return [least, min < fastest ? limits.down : limits.min];
  }
  return [desired, limits.none];
}

/** The size that policies allow to reach now. */
function rateLimit(wish: Wish, rules: HPAScalingRules | null | undefined, direction: 'up' | 'down'): number {
  if (rules?.selectPolicy === 'Disabled') return wish.current;
  const proposals = (rules?.policies ?? []).map((policy) => proposal(wish, policy, direction));
  // The strictest policy is the one with the least change.
  const highest = (rules?.selectPolicy === 'Min') === (direction === 'down');
  return highest ? Math.max(...proposals) : Math.min(...proposals);
}

function proposal(wish: Wish, { type, value, periodSeconds }: HPAScalingPolicy, direction: 'up' | 'down'): number {
  const { current, history, nowMs } = wish;
  const within = (steps: readonly ScaleStep[]) =>
    steps.filter(({ atMs }) => atMs > nowMs - periodSeconds * 1000).reduce((total, { change }) => total + change, 0);
  const before = current - within(history.added) + within(history.removed);
  if (direction === 'up') return type === 'Pods' ? before + value : Math.ceil(before * (1 + value / 100));
  return type === 'Pods' ? before - value : Math.trunc(before * (1 - value / 100));
}
