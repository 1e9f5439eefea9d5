/** One container's status, as the API shows it: a pure function of its runs and of what the worker knows about why it does not run. */
import type { ContainerState, ContainerStateTerminated, ContainerStatus, Pod } from '../../api/groups/core.v1.ts';
import { formatTime } from '../../api/time.ts';
import { containerRun, shouldRun, unknownExitCode } from './container-run.ts';
import type { ObservedContainer, PodObservation } from './observation.ts';
import type { Waiting } from './plan.ts';
import type { PodContainer } from './pod-containers.ts';

export interface ContainerStatusInput {
  readonly pod: Pod;
  readonly observed: PodObservation;
  readonly recorded: ContainerStatus | undefined;
  /** Why the container waits, where that is known. */
  readonly waiting: Waiting | undefined;
  readonly readiness: ContainerReadiness;
  /** Such as `containerd`. */
  readonly runtimeName: string;
  /** Nothing of the pod runs any more, nor will. */
  readonly isOver: boolean;
  /** Every init container has succeeded: main containers should have run. */
  readonly hasInitialized: boolean;
}

/** What probes found of a running container. */
export interface ContainerReadiness {
  hasStarted(containerId: string): boolean;
  isReady(containerId: string): boolean;
}

export function containerStatus(input: ContainerStatusInput, container: PodContainer): ContainerStatus {
  const { pod, observed, runtimeName } = input;
  const { spec } = container;
  const runs = observed.containers.filter((each) => each.name === spec.name);
  const [latest, previous] = runs;
  const states = statesOf(input, container, latest, previous);
  const seen = latest ?? undefined;
  const restartCount = seen?.attempt ?? input.recorded?.restartCount ?? 0;
  const id = seen === undefined ? (input.recorded?.containerID ?? '') : `${runtimeName}://${seen.id}`;
  return {
    name: spec.name,
    ...states,
    ...readinessOf(input, container, states.state, latest),
    restartCount,
    image: imageName(seen, spec.image ?? ''),
    imageID: seen?.imageRef ?? input.recorded?.imageID ?? '',
    ...(id === '' ? {} : { containerID: id }),
    ...(states.state.running === undefined ? {} : resourcesOf(container)),
    ...mountsOf(pod, container),
  };
}

type States = Pick<ContainerStatus, 'state' | 'lastState'>;

function statesOf(
  input: ContainerStatusInput,
  container: PodContainer,
  latest: ObservedContainer | undefined,
  previous: ObservedContainer | undefined,
): States {
  const { recorded, waiting } = input;
  if (latest === undefined) return statesOfUnseen(input, container);
  const lastState =
    previous?.state === 'exited'
      ? { terminated: terminatedState(previous, input.runtimeName) }
      : stateBefore(recorded, latest, input.runtimeName);
  if (latest.state === 'running') {
    return { state: { running: { startedAt: formatTime(latest.startedAtMs) } }, lastState };
  }
  if (latest.state !== 'exited') return { state: waitingState(input, waiting), lastState };
  const terminated = terminatedState(latest, input.runtimeName);
  const run = containerRun(input.observed, container.spec.name, recorded);
  if (waiting !== undefined && !input.isOver && shouldRun(input.pod, container, run)) {
    return { state: waitingState(input, waiting), lastState: { terminated } };
  }
  return { state: { terminated }, lastState };
}

/** How the run before ended, where the runtime has only the last one. */
function stateBefore(
  recorded: ContainerStatus | undefined,
  latest: ObservedContainer,
  runtimeName: string,
): ContainerState {
  if (recorded === undefined || latest.attempt === 0) return {};
  const { state, lastState, containerID } = recorded;
  if (containerID === `${runtimeName}://${latest.id}`) return lastState;
  if (state.running !== undefined) return { terminated: lostState('deleted', containerID) };
  return state.terminated === undefined ? lastState : { terminated: state.terminated };
}

/** The runtime knows nothing of it: it has not run yet, or its traces were lost. */
function statesOfUnseen(input: ContainerStatusInput, container: PodContainer): States {
  const { pod, recorded, observed } = input;
  const run = containerRun(observed, container.spec.name, recorded);
  if (run.state !== 'ended') {
    return input.isOver && input.hasInitialized && container.role === 'main'
      ? { state: { terminated: lostState('terminated') }, lastState: {} }
      : { state: waitingState(input, input.waiting), lastState: {} };
  }
  const isRunning = recorded?.state.running !== undefined;
  const terminated = isRunning
    ? lostState('deleted', recorded.containerID)
    : (recorded?.state.terminated ?? recorded?.lastState.terminated ?? lostState('terminated'));
  if (input.isOver || !shouldRun(pod, container, run)) return { state: { terminated }, lastState: {} };
  return { state: waitingState(input, input.waiting), lastState: { terminated } };
}

function waitingState({ pod }: ContainerStatusInput, waiting: Waiting | undefined): ContainerState {
  if (waiting === undefined) {
    return {
      waiting: { reason: (pod.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating' },
    };
  }
  const { reason, message } = waiting;
  return { waiting: { reason, ...(message === '' ? {} : { message }) } };
}

function terminatedState(container: ObservedContainer, runtimeName: string): ContainerStateTerminated {
  const { exitCode, reason, message, startedAtMs, finishedAtMs, id } = container;
  return {
    exitCode,
    reason: reason === '' ? (exitCode === 0 ? 'Completed' : 'Error') : reason,
    ...(message === '' ? {} : { message }),
    startedAt: formatTime(startedAtMs),
    finishedAt: formatTime(finishedAtMs),
    containerID: `${runtimeName}://${id}`,
  };
}

function lostState(when: 'deleted' | 'terminated', containerID?: string): ContainerStateTerminated {
  const wasRunning = when === 'deleted' ? '.  The container used to be Running' : '';
  return {
    exitCode: unknownExitCode,
    reason: 'ContainerStatusUnknown',
    message: `The container could not be located when the pod was ${when}${wasRunning}`,
    startedAt: '',
    finishedAt: '',
    ...(containerID === undefined ? {} : { containerID }),
  };
}

function readinessOf(
  { readiness }: ContainerStatusInput,
  { role }: PodContainer,
  state: ContainerState,
  latest: ObservedContainer | undefined,
): Pick<ContainerStatus, 'ready' | 'started'> {
  const isRunning = state.running !== undefined && latest !== undefined;
  if (role === 'init') return { ready: state.terminated?.exitCode === 0, started: false };
  if (role === 'ephemeral') return { ready: false };
  const started = isRunning && readiness.hasStarted(latest.id);
  return { ready: started && readiness.isReady(latest.id), started };
}

/** Runtimes answer an image's id where they know no name for it. */
function imageName(container: ObservedContainer | undefined, wanted: string): string {
  if (container === undefined || container.image === '' || container.image.startsWith('sha256:')) return wanted;
  return container.image;
}

function resourcesOf({ spec, role }: PodContainer): Pick<ContainerStatus, 'allocatedResources' | 'resources'> {
  if (role === 'ephemeral') return {};
  const { limits, requests } = spec.resources;
  return {
    ...(requests === undefined ? {} : { allocatedResources: requests }),
    resources: { ...(limits === undefined ? {} : { limits }), ...(requests === undefined ? {} : { requests }) },
  };
}

function mountsOf(pod: Pod, { spec }: PodContainer): Pick<ContainerStatus, 'volumeMounts'> {
  const mounts = (spec.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => ({
    name,
    mountPath,
    ...(readOnly === true ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
  }));
  return mounts.length === 0 || pod.spec.volumes === undefined ? {} : { volumeMounts: mounts };
}
