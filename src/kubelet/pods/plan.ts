/**
 * What to do next for a pod that should run: a pure function of its spec, what the runtime says, and what the worker remembers.
 *
 *   sandbox ─► init containers in order (a sidecar counts once it has started) ─► main containers
 *      ▲                                                                             │ ended: again, after a growing delay
 *      └── gone or broken: everything anew                                           ▼ all ended for good: sidecars end too
 *
 * A worker does the actions in order, looks again and plans again, until there is nothing to do before `wakeAtMs`.
 */
import type { ContainerStatus, Pod } from '../../api/groups/core.v1.ts';
import type { SandboxStatus } from '../runtimes/runtime.ts';
import { containerRun, shouldRun, unknownExitCode, type ContainerRun } from './container-run.ts';
import { backoffLeft, type CrashBackoff } from './crash-backoff.ts';
import type { ObservedContainer, PodObservation } from './observation.ts';
import { containerHash, podContainers, describePod, type PodContainer } from './pod-containers.ts';

export interface PlanInput {
  readonly pod: Pod;
  readonly observed: PodObservation;
  readonly nowMs: number;
  /** By container name: see `containerRun`. */
  readonly recorded: ReadonlyMap<string, ContainerStatus>;
  /** By container name. */
  readonly backoffs: ReadonlyMap<string, CrashBackoff>;
  /** By container name: attempts to start that failed must wait until then. */
  readonly startFailures: ReadonlyMap<string, { readonly retryAtMs: number }>;
  readonly probes: ProbeVerdicts;
}

/** What probes found of running containers, by container id. */
export interface ProbeVerdicts {
  /** The startup probe succeeded, or there is none. */
  hasStarted(containerId: string): boolean;
  /** The probe for which the container must be killed. */
  failed(containerId: string): 'liveness' | 'startup' | undefined;
}

export interface Waiting {
  readonly reason: string;
  readonly message: string;
}

export type PodAction =
  | { readonly type: 'create-sandbox'; readonly attempt: number }
  /** Ends what runs in the sandbox, then the sandbox. */
  | { readonly type: 'stop-sandbox'; readonly sandboxId: string }
  | { readonly type: 'start'; readonly container: PodContainer; readonly attempt: number; readonly endedAtMs: number }
  | {
      readonly type: 'kill';
      readonly container: ObservedContainer;
      readonly cause: KillCause;
      readonly message: string;
    };

export type KillCause = 'changed' | 'liveness' | 'startup' | 'completed' | 'unknown';

export interface Plan {
  readonly actions: readonly PodAction[];
  /** Containers in the delay after a crash, by name. */
  readonly waiting: ReadonlyMap<string, Waiting>;
  readonly wakeAtMs: number | undefined;
}

interface Draft {
  readonly actions: PodAction[];
  readonly waiting: Map<string, Waiting>;
  wakeAtMs: number;
}

export function plan(input: PlanInput): Plan {
  const draft: Draft = { actions: [], waiting: new Map(), wakeAtMs: Infinity };
  const sandbox = usableSandbox(input);
  if (sandbox === undefined) planSandbox(input, draft);
  else planContainers(input, sandbox, draft);
  const { actions, waiting, wakeAtMs } = draft;
  return { actions, waiting, wakeAtMs: wakeAtMs === Infinity ? undefined : wakeAtMs };
}

/** The newest sandbox when it is ready and has what the pod needs. */
function usableSandbox({ pod, observed }: PlanInput): SandboxStatus | undefined {
  const [newest] = observed.sandboxes;
  if (newest === undefined || newest.state !== 'ready') return undefined;
  return pod.spec.hostNetwork === true || newest.ips.length > 0 ? newest : undefined;
}

function planSandbox(input: PlanInput, draft: Draft): void {
  const { observed, pod } = input;
  const isAlive = (sandbox: SandboxStatus): boolean =>
    sandbox.state === 'ready' ||
    observed.containers.some((each) => each.sandboxId === sandbox.id && each.state === 'running');
  for (const sandbox of observed.sandboxes.filter(isAlive)) {
    draft.actions.push({ type: 'stop-sandbox', sandboxId: sandbox.id });
  }
  const mains = podContainers(pod).filter(({ role }) => role === 'main');
  const runs = mains.map((container) => ({ container, run: runOf(input, container) }));
  // A container that ran when its sandbox broke is as good as ended.
  const hasWork = runs.some(({ container, run }) =>
    run.state === 'running'
      ? shouldRun(pod, container, { ...run, state: 'ended', exitCode: 1 })
      : shouldRun(pod, container, run),
  );
  if (!hasWork || hasInitFailedForGood(input)) return;
  const attempt = Math.max(-1, ...observed.sandboxes.map(({ metadata }) => metadata.attempt)) + 1;
  draft.actions.push({ type: 'create-sandbox', attempt });
}

function hasInitFailedForGood(input: PlanInput): boolean {
  return podContainers(input.pod).some((container) => {
    const run = runOf(input, container);
    const failed = container.role === 'init' && run.state === 'ended' && run.exitCode !== 0;
    return failed && !shouldRun(input.pod, container, run);
  });
}

function planContainers(input: PlanInput, sandbox: SandboxStatus, draft: Draft): void {
  const { pod, observed } = input;
  for (const old of observed.sandboxes) {
    if (old.id !== sandbox.id && old.state === 'ready') draft.actions.push({ type: 'stop-sandbox', sandboxId: old.id });
  }
  const containers = podContainers(pod);
  const mains = containers.filter(({ role }) => role === 'main');
  const isHere = ({ spec }: PodContainer): boolean =>
    observed.containers.some((each) => each.name === spec.name && each.sandboxId === sandbox.id);
  if (isOver(input, mains)) return planEnd(input, sandbox, draft);
  for (const container of containers.filter(({ role }) => role === 'ephemeral')) planRun(input, container, draft);
  const initialized = mains.some(isHere);
  if (!planInits(input, sandbox, initialized, draft)) return;
  for (const container of mains) planRun(input, container, draft);
}

/** Nothing of the pod's own work runs or is to run again. */
function isOver(input: PlanInput, mains: readonly PodContainer[]): boolean {
  if (hasInitFailedForGood(input)) return true;
  return mains.every((container) => {
    const run = runOf(input, container);
    return run.state === 'ended' && !shouldRun(input.pod, container, run);
  });
}

function planEnd({ observed }: PlanInput, sandbox: SandboxStatus, draft: Draft): void {
  for (const container of observed.containers) {
    if (container.state === 'running' && container.sandboxId !== sandbox.id) {
      draft.actions.push({ type: 'kill', container, cause: 'completed', message: '' });
    }
  }
  draft.actions.push({ type: 'stop-sandbox', sandboxId: sandbox.id });
}

/** Answers whether the main containers may run. */
function planInits(input: PlanInput, sandbox: SandboxStatus, initialized: boolean, draft: Draft): boolean {
  for (const container of podContainers(input.pod)) {
    if (container.role === 'init') {
      if (initialized) continue;
      const run = runOf(input, container);
      const isHere = run.container?.sandboxId === sandbox.id;
      const isDone = isHere && run.state === 'ended' && run.exitCode === 0;
      if (isDone) continue;
      planInit(input, container, run, draft);
      return false;
    }
    if (container.role !== 'sidecar') continue;
    const { state, container: running } = planRun(input, container, draft);
    const hasStarted = state === 'running' && running !== undefined && input.probes.hasStarted(running.id);
    if (!initialized && !hasStarted) return false;
  }
  return true;
}

/** In a new sandbox init containers run again, also those that succeeded in the old one. */
function planInit(input: PlanInput, container: PodContainer, run: ContainerRun, draft: Draft): void {
  if (run.state === 'running') {
    planRun(input, container, draft);
    return;
  }
  if (run.state === 'ended' && run.exitCode === 0) start(input, container, { ...run, finishedAtMs: 0 }, draft);
  else start(input, container, run, draft);
}

/** A container that should run as long as its policy wants. Answers its last run. */
function planRun(input: PlanInput, container: PodContainer, draft: Draft): ContainerRun {
  const { pod, probes } = input;
  const { name } = container.spec;
  const run = runOf(input, container);
  if (run.state !== 'running') {
    if (shouldRun(pod, container, run)) start(input, container, run, draft);
    return run;
  }
  const running = run.container;
  if (running === undefined) return run;
  const failed = probes.failed(running.id);
  if (failed !== undefined) {
    const message = `Container ${name} failed ${failed} probe${willRestart(pod, container) ? ', will be restarted' : ''}`;
    draft.actions.push({ type: 'kill', container: running, cause: failed, message });
  } else if (running.hash !== containerHash(container.spec) && container.role !== 'ephemeral') {
    const message = `Container ${name} definition changed, will be restarted`;
    draft.actions.push({ type: 'kill', container: running, cause: 'changed', message });
  }
  return run;
}

function willRestart(pod: Pod, container: PodContainer): boolean {
  const killed = { exitCode: unknownExitCode, finishedAtMs: 0, nextAttempt: 0, container: undefined };
  return shouldRun(pod, container, { ...killed, state: 'ended' });
}

function start(input: PlanInput, container: PodContainer, run: ContainerRun, draft: Draft): void {
  const { nowMs } = input;
  const { name } = container.spec;
  const failure = input.startFailures.get(name);
  if (failure !== undefined && failure.retryAtMs > nowMs) {
    draft.wakeAtMs = Math.min(draft.wakeAtMs, failure.retryAtMs);
    return;
  }
  const backoff = input.backoffs.get(name);
  const leftMs = run.state === 'ended' && run.finishedAtMs > 0 ? backoffLeft(backoff, run.finishedAtMs, nowMs) : 0;
  if (leftMs > 0 && backoff !== undefined) {
    const text = `back-off ${printDelay(backoff.delayMs)} restarting failed container=${name} pod=${describePod(input.pod)}`;
    draft.waiting.set(name, { reason: 'CrashLoopBackOff', message: text });
    draft.wakeAtMs = Math.min(draft.wakeAtMs, nowMs + leftMs);
    return;
  }
  if (run.container?.state === 'unknown') {
    const message = 'Container is in unknown state, try killing it before restart';
    draft.actions.push({ type: 'kill', container: run.container, cause: 'unknown', message });
  }
  draft.actions.push({ type: 'start', container, attempt: run.nextAttempt, endedAtMs: run.finishedAtMs });
}

/** As Go prints durations: 10s, 1m20s, 5m0s. */
function printDelay(delayMs: number): string {
  const seconds = Math.round(delayMs / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

function runOf(input: PlanInput, { spec }: PodContainer): ContainerRun {
  return containerRun(input.observed, spec.name, input.recorded.get(spec.name));
}
