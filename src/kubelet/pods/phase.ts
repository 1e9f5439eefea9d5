/** Where a pod is in its life, from the states of its containers. */
import type { ContainerStatus, Pod } from '../../api/groups/core.v1.ts';
import { podContainers, type ContainerRole } from './pod-containers.ts';

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** `statuses`: by container name. `isOver`: nothing runs any more, nor will. */
export function podPhase(pod: Pod, statuses: ReadonlyMap<string, ContainerStatus>, isOver: boolean): Phase {
  const of = (role: ContainerRole): readonly (readonly [ContainerStatus | undefined, string | undefined])[] =>
    podContainers(pod)
      .filter((container) => container.role === role)
      .map(({ spec }) => [statuses.get(spec.name), spec.restartPolicy]);
  const policy = pod.spec.restartPolicy ?? 'Always';
  const inits = of('init').map(([status, own]) => initStanding(status, own ?? policy));
  const mains = of('main').map(([status]) => standing(status));
  const hasBegun = mains.some((each) => each !== 'waiting');
  if (inits.includes('failed')) return 'Failed';
  if (!hasBegun && !isOver && (inits.includes('pending') || of('sidecar').some(([status]) => status?.started !== true)))
    return 'Pending';
  if (mains.includes('waiting')) return 'Pending';
  if (mains.includes('running')) return 'Running';
  const succeeded = mains.every((each) => each === 'succeeded');
  if (isOver) return succeeded ? 'Succeeded' : 'Failed';
  if (of('sidecar').some(([status]) => status?.state.running !== undefined)) return 'Running';
  const runsAgain = of('main').some(([status, own]) => {
    const effective = own ?? policy;
    return effective === 'Always' || (effective === 'OnFailure' && standing(status) === 'failed');
  });
  if (runsAgain) return 'Running';
  return succeeded ? 'Succeeded' : 'Failed';
}

type Standing = 'waiting' | 'running' | 'succeeded' | 'failed';

function standing(status: ContainerStatus | undefined): Standing {
  if (status?.state.running !== undefined) return 'running';
  const ended = status?.state.terminated ?? status?.lastState.terminated;
  if (ended === undefined) return 'waiting';
  return ended.exitCode === 0 ? 'succeeded' : 'failed';
}

function initStanding(status: ContainerStatus | undefined, policy: string): 'pending' | 'done' | 'failed' {
  const ended = status?.state.terminated;
  if (ended?.exitCode === 0) return 'done';
  return ended !== undefined && policy === 'Never' ? 'failed' : 'pending';
}
