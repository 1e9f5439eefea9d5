/** The last run of a container, from the runtime or, where that has lost it, from the status that was reported; and whether it is to run again. */
import type { ContainerStatus, Pod } from '../../api/groups/core.v1.ts';
import { latestRun, type ObservedContainer, type PodObservation } from './observation.ts';
import type { PodContainer } from './pod-containers.ts';

export interface ContainerRun {
  readonly state: 'none' | 'pending' | 'running' | 'ended';
  readonly exitCode: number;
  readonly finishedAtMs: number;
  readonly nextAttempt: number;
  /** Absent when the runtime knows nothing of the run. */
  readonly container: ObservedContainer | undefined;
}

/** Exit code of a run of which nobody saw the end. */
export const unknownExitCode = 137;

/** `recorded`: the container's status as it was reported while its run was last seen. */
export function containerRun(
  observed: PodObservation,
  name: string,
  recorded: ContainerStatus | undefined,
): ContainerRun {
  const container = latestRun(observed, name);
  if (container !== undefined) {
    const { exitCode, finishedAtMs, attempt } = container;
    const state = ({ created: 'pending', running: 'running', exited: 'ended', unknown: 'pending' } as const)[
      container.state
    ];
    return { state, exitCode, finishedAtMs, nextAttempt: attempt + 1, container };
  }
  const ended = recorded?.state.terminated ?? recorded?.lastState.terminated;
  const wasRunning = recorded?.state.running !== undefined;
  if (recorded === undefined || (ended === undefined && !wasRunning)) {
    return { state: 'none', exitCode: 0, finishedAtMs: 0, nextAttempt: recorded?.restartCount ?? 0, container };
  }
  const exitCode = wasRunning ? unknownExitCode : (ended?.exitCode ?? unknownExitCode);
  return { state: 'ended', exitCode, finishedAtMs: 0, nextAttempt: recorded.restartCount + 1, container };
}

/** Whether the container, as it stands, should be started (again). */
export function shouldRun(pod: Pod, { role, spec }: PodContainer, run: ContainerRun): boolean {
  if (run.state === 'running') return false;
  if (run.state !== 'ended') return true;
  if (role === 'sidecar') return true;
  if (role === 'ephemeral') return false;
  for (const rule of spec.restartPolicyRules ?? []) {
    const { operator, values = [] } = rule.exitCodes ?? {};
    const isListed = values.includes(run.exitCode);
    if (operator === 'In' ? isListed : operator === 'NotIn' && !isListed) return rule.action === 'Restart';
  }
  const policy = spec.restartPolicy ?? pod.spec.restartPolicy ?? 'Always';
  if (policy === 'Never') return false;
  return run.exitCode !== 0 || (policy === 'Always' && role === 'main');
}
