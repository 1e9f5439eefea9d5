/** The conditions of a pod that the kubelet owns; those of others are passed on as they are. */
import type { ContainerStatus, Pod, PodCondition } from '../../api/groups/core.v1.ts';
import { formatTime } from '../../api/time.ts';
import type { Phase } from './phase.ts';
import { podContainers } from './pod-containers.ts';

export interface ConditionsInput {
  readonly pod: Pod;
  readonly phase: Phase;
  readonly statuses: ReadonlyMap<string, ContainerStatus>;
  readonly hasSandbox: boolean;
  readonly nowMs: number;
}

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

const isTrue: Verdict = { status: 'True' };
const ownTypes: readonly string[] = [
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
];

export function isOwnCondition(type: string): boolean {
  return ownTypes.includes(type);
}

export function podConditions(input: ConditionsInput): readonly PodCondition[] {
  const existing = input.pod.status.conditions ?? [];
  const containersReady = containersReadyVerdict(input);
  const verdicts: Readonly<Record<string, Verdict>> = {
    PodReadyToStartContainers: { status: input.hasSandbox ? 'True' : 'False' },
    Initialized: initializedVerdict(input),
    Ready: containersReady.status === 'True' ? gatesVerdict(input.pod) : containersReady,
    ContainersReady: containersReady,
    PodScheduled: isTrue,
  };
  const own = Object.entries(verdicts).map(([type, verdict]) =>
    conditionOf(
      input,
      type,
      verdict,
      existing.find((each) => each.type === type),
    ),
  );
  return [...existing.filter(({ type }) => !isOwnCondition(type)), ...own];
}

function conditionOf(
  { pod, nowMs }: ConditionsInput,
  type: string,
  verdict: Verdict,
  existing: PodCondition | undefined,
): PodCondition {
  const { generation } = pod.metadata;
  const isSame = existing?.status === verdict.status;
  return {
    type,
    ...(generation === undefined || generation === 0 ? {} : { observedGeneration: generation }),
    ...verdict,
    lastProbeTime: existing?.lastProbeTime ?? '',
    lastTransitionTime: isSame ? existing.lastTransitionTime : formatTime(nowMs),
  };
}

function initializedVerdict({ pod, phase, statuses }: ConditionsInput): Verdict {
  const containers = podContainers(pod);
  const unfinished = containers.filter(({ role, spec }) => {
    const status = statuses.get(spec.name);
    return role === 'init' ? status?.ready !== true : role === 'sidecar' && status?.started !== true;
  });
  if (phase === 'Succeeded') return { ...isTrue, reason: 'PodCompleted' };
  const hasBegun = containers.some(({ role, spec }) => {
    const status = statuses.get(spec.name);
    const { state, lastState } = status ?? { state: {}, lastState: {} };
    return role === 'main' && (state.running ?? state.terminated ?? lastState.terminated) !== undefined;
  });
  if (unfinished.length === 0 || (hasBegun && phase === 'Running')) return isTrue;
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${unfinished.map(({ spec }) => spec.name).join(' ')}]`,
  };
}

function containersReadyVerdict({ pod, phase, statuses }: ConditionsInput): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = podContainers(pod)
    .filter(({ role }) => role === 'main' || role === 'sidecar')
    .filter(({ spec }) => statuses.get(spec.name)?.ready !== true);
  if (unready.length === 0) return isTrue;
  const names = unready.map(({ spec }) => spec.name).join(' ');
  return { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${names}]` };
}

function gatesVerdict(pod: Pod): Verdict {
  const problems = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = pod.status.conditions?.find(({ type }) => type === conditionType);
    if (found === undefined)
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    if (found.status === 'True') return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`];
  });
  if (problems.length === 0) return isTrue;
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') };
}
