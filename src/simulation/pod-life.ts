/**
 * One simulated pod: what the runtime of a real node would say of it, made up from the rules and the time. The decisions are those of the
 * kubelet itself (kubelet/pods/plan.ts) and so is the status (kubelet/pods/status.ts); what is pretended here is that which lies
 * between: sandboxes and containers that begin, become ready and end when the rules say so.
 *
 *   plan ──actions──▶ pretended sandbox and containers ──▶ plan … until there is nothing to do before `wakeAtMs` ──▶ status
 */
import type { Container, Pod, PodStatus, Probe } from '../api/groups/core.v1.ts';
import { grownBackoff, type CrashBackoff } from '../kubelet/pods/crash-backoff.ts';
import type { ObservedContainer, PodObservation } from '../kubelet/pods/observation.ts';
import { plan, type PlanInput, type PodAction, type Waiting } from '../kubelet/pods/plan.ts';
import { containerHash, podContainers, type PodContainer } from '../kubelet/pods/pod-containers.ts';
import { podStatus } from '../kubelet/pods/status.ts';
import type { SandboxStatus } from '../kubelet/runtimes/runtime.ts';
import type { Dice } from './dice.ts';
import { adoptedContainers, containerId, imageReference } from './pretended-container.ts';
import { incidentsFrom, type Happening, type IncidentClock } from './incidents.ts';
import type { PodBehaviour } from './scenario.ts';

export interface PodLifeOptions {
  readonly behaviour: PodBehaviour;
  readonly dice: Dice;
  readonly nodeIps: readonly string[];
  /** An address for the pod; undefined when there is none. */
  takeAddress(): string | undefined;
}

export interface LifeStep {
  readonly status: PodStatus;
  /** Infinity: nothing happens by itself any more. */
  readonly wakeAtMs: number;
  /** Nothing of the pod runs any more and it is to be deleted. */
  readonly isGone: boolean;
}

/** As the runtime calls itself in statuses. */
const runtimeName = 'simulated';
const terminatedExitCode = 143;
const defaultGraceSeconds = 30;

type Run = ObservedContainer & {
  readonly hasStartedAtMs: number;
  readonly readyAtMs: number;
  readonly endsAtMs: number;
};

export class PodLife {
  pod: Pod;
  readonly #options: PodLifeOptions;
  readonly #startedAtMs: number;
  readonly #readyAtMs: number;
  readonly #backoffs = new Map<string, CrashBackoff>();
  #sandbox: SandboxStatus | undefined;
  /** Newest first. */
  #runs: readonly Run[];
  #waiting: ReadonlyMap<string, Waiting> = nothing;
  #incidents: IncidentClock | undefined;
  #unreadyUntilMs = 0;
  #failure: Waiting | undefined;
  #stopsAtMs = Infinity;
  #isOver = false;

  constructor(pod: Pod, options: PodLifeOptions, nowMs: number) {
    this.pod = pod;
    this.#options = options;
    const { startTime } = pod.status;
    this.#startedAtMs = startTime === undefined ? nowMs : Date.parse(startTime);
    this.#readyAtMs = nowMs + options.dice.delayMs(options.behaviour.start, `start ${this.#key}`);
    this.#isOver = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
    this.#runs = adoptedContainers(pod).map((run) => this.#run(run));
    const addresses = (pod.status.podIPs ?? []).map(({ ip }) => ip);
    if (this.#runs.length > 0 && !this.#isOver) this.#sandbox = this.#newSandbox(0, addresses, nowMs);
  }

  get #key(): string {
    const { namespace, name } = this.pod.metadata;
    return `${namespace}/${name}`;
  }

  get behaviour(): PodBehaviour {
    return this.#options.behaviour;
  }

  /** The runs that the node still knows of, newest first. */
  get runs(): readonly ObservedContainer[] {
    return this.#runs;
  }

  /** Lets happen what is due by now. */
  advance(nowMs: number): LifeStep {
    if (this.#isOver) return this.#end(nowMs);
    this.#endDueRuns(nowMs);
    const { activeDeadlineSeconds } = this.pod.spec;
    const deadlineMs = this.#startedAtMs + (activeDeadlineSeconds ?? Infinity) * 1000;
    if (nowMs >= deadlineMs)
      this.#fail('DeadlineExceeded', 'Pod was active on the node longer than the specified deadline');
    for (const happening of this.#incidents?.due(nowMs) ?? []) this.#suffer(happening, nowMs);
    if (this.pod.metadata.deletionTimestamp !== undefined) return this.#stop(nowMs);
    if (this.#failure !== undefined) return this.#end(nowMs);
    const plannedMs = this.#followPlan(nowMs);
    const status = this.#status(nowMs);
    if (status.phase === 'Succeeded' || status.phase === 'Failed') return this.#end(nowMs);
    return { status, wakeAtMs: Math.min(plannedMs, deadlineMs, this.#nextChangeMs(nowMs)), isGone: false };
  }

  /** Answers when the plan wants to be asked again. */
  #followPlan(nowMs: number): number {
    if (this.#sandbox === undefined && nowMs < this.#readyAtMs) return this.#readyAtMs;
    for (let round = 0; round < mostRounds; round++) {
      const next = plan(this.#planInput(nowMs));
      this.#waiting = next.waiting;
      if (next.actions.length === 0) return next.wakeAtMs ?? Infinity;
      for (const action of next.actions) if (!this.#act(action, nowMs)) return nowMs + retryMs;
      this.#endDueRuns(nowMs);
    }
    return nowMs + retryMs;
  }

  #planInput(nowMs: number): PlanInput {
    return {
      pod: this.pod,
      observed: this.observed,
      nowMs,
      recorded: nothing,
      backoffs: this.#backoffs,
      startFailures: nothing,
      probes: { hasStarted: (id) => this.#hasStarted(id, nowMs), failed: () => undefined },
    };
  }

  /** What its node's runtime would say of it. */
  get observed(): PodObservation {
    return { sandboxes: this.#sandbox === undefined ? [] : [this.#sandbox], containers: this.#runs };
  }

  /** Answers false when it cannot be done now. */
  #act(action: PodAction, nowMs: number): boolean {
    switch (action.type) {
      case 'create-sandbox': {
        const own = this.#options.takeAddress();
        if (own === undefined && this.pod.spec.hostNetwork !== true) return false;
        this.#sandbox = this.#newSandbox(action.attempt, own === undefined ? [] : [own], nowMs);
        return true;
      }
      case 'stop-sandbox':
        this.#endAll(nowMs, terminated);
        if (this.#sandbox !== undefined) this.#sandbox = { ...this.#sandbox, state: 'not-ready' };
        return true;
      case 'start':
        this.#start(action.container, action, nowMs);
        return true;
      case 'kill':
        this.#runs = this.#runs.map((run) => (run.id === action.container.id ? ended(run, nowMs, terminated) : run));
        return true;
    }
  }

  #start(
    { role, spec }: PodContainer,
    action: { readonly attempt: number; readonly endedAtMs: number },
    nowMs: number,
  ): void {
    const { name } = spec;
    const { attempt, endedAtMs } = action;
    if (endedAtMs > 0) this.#backoffs.set(name, grownBackoff(this.#backoffs.get(name), endedAtMs, nowMs));
    const image = spec.image ?? '';
    const run = this.#run({
      id: containerId(this.pod.metadata.uid, name, attempt),
      sandboxId: this.#sandbox?.id ?? '',
      name,
      attempt,
      hash: containerHash(spec),
      image,
      imageRef: imageReference(image),
      state: 'running',
      createdAtMs: nowMs,
      startedAtMs: nowMs,
      finishedAtMs: 0,
      exitCode: 0,
      reason: '',
      message: '',
      logPath: '',
    });
    // As on a real node, of the runs that ended only the last is kept.
    const kept = this.#runs.filter((each) => each.name !== name || each.attempt === attempt - 1);
    this.#runs = [run, ...kept];
    if (role === 'main')
      this.#incidents ??= incidentsFrom(this.behaviour.incidents, nowMs, this.#options.dice, this.#key);
  }

  /** When a run is ready and when it ends, by the rules. */
  #run(container: ObservedContainer): Run {
    const { dice, behaviour } = this.#options;
    const found = podContainers(this.pod).find(({ spec }) => spec.name === container.name);
    const purpose = `${this.#key}/${container.name}/${container.attempt}`;
    const hasStartedAtMs = container.startedAtMs + probeDelayMs(found?.spec.startupProbe);
    const readyAtMs =
      behaviour.ready === undefined
        ? hasStartedAtMs + probeDelayMs(found?.spec.readinessProbe)
        : container.startedAtMs + dice.delayMs(behaviour.ready, `ready ${purpose}`);
    const { finish, initialize } = behaviour;
    const lasts = found?.role === 'init' ? initialize : found?.role === 'main' ? finish : undefined;
    const endsAtMs = lasts === undefined ? Infinity : container.startedAtMs + dice.delayMs(lasts, `finish ${purpose}`);
    return { ...container, hasStartedAtMs, readyAtMs, endsAtMs };
  }

  #endDueRuns(nowMs: number): void {
    if (!this.#runs.some((run) => run.state === 'running' && run.endsAtMs <= nowMs)) return;
    const inits = new Set(this.pod.spec.initContainers?.map(({ name }: Container) => name));
    this.#runs = this.#runs.map((run) => {
      if (run.state !== 'running' || run.endsAtMs > nowMs) return run;
      const { finish } = this.behaviour;
      return ended(run, run.endsAtMs, inits.has(run.name) || finish === undefined ? succeeded : finish);
    });
  }

  #endAll(nowMs: number, how: How): void {
    this.#runs = this.#runs.map((run) => (run.state === 'running' ? ended(run, nowMs, how) : run));
  }

  #suffer(happening: Happening, nowMs: number): void {
    switch (happening.happens) {
      case 'Exit': {
        const mains = new Set(this.pod.spec.containers.map(({ name }) => name));
        this.#runs = this.#runs.map((run) =>
          run.state === 'running' && mains.has(run.name) ? ended(run, nowMs, happening) : run,
        );
        return;
      }
      case 'Unready':
        this.#unreadyUntilMs = happening.atMs + happening.lastsMs;
        return;
      case 'Evict':
        this.#fail('Evicted', happening.message);
    }
  }

  #fail(reason: string, message: string): void {
    this.#failure ??= { reason, message };
  }

  /** The pod is to be deleted: its containers end in their time, within the grace period. */
  #stop(nowMs: number): LifeStep {
    const { deletionGracePeriodSeconds } = this.pod.metadata;
    const graceSeconds =
      deletionGracePeriodSeconds ?? this.pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
    const takesMs = this.#options.dice.delayMs(this.behaviour.stop, `stop ${this.#key}`);
    const runs = this.#runs.some(({ state }) => state === 'running');
    const stopsInMs = runs ? Math.min(takesMs, graceSeconds * 1000) : 0;
    this.#stopsAtMs = Math.min(this.#stopsAtMs, nowMs + stopsInMs);
    if (nowMs < this.#stopsAtMs) return { status: this.#status(nowMs), wakeAtMs: this.#stopsAtMs, isGone: false };
    return this.#end(nowMs);
  }

  /** Nothing runs any more, nor will. */
  #end(nowMs: number): LifeStep {
    if (!this.#isOver) {
      this.#isOver = true;
      const isDeleted = this.pod.metadata.deletionTimestamp !== undefined;
      this.#endAll(nowMs, isDeleted ? succeeded : terminated);
      if (this.#sandbox !== undefined) this.#sandbox = { ...this.#sandbox, state: 'not-ready' };
      return { status: this.#status(nowMs), wakeAtMs: Infinity, isGone: isDeleted };
    }
    return { status: this.pod.status, wakeAtMs: Infinity, isGone: this.pod.metadata.deletionTimestamp !== undefined };
  }

  #status(nowMs: number): PodStatus {
    return podStatus({
      pod: this.pod,
      observed: this.observed,
      recorded: nothing,
      waiting: this.#waiting,
      readiness: {
        hasStarted: (id) => this.#hasStarted(id, nowMs),
        isReady: (id) => nowMs >= this.#unreadyUntilMs && (this.#find(id)?.readyAtMs ?? Infinity) <= nowMs,
      },
      nodeIps: this.#options.nodeIps,
      runtimeName,
      startedAtMs: this.#startedAtMs,
      nowMs,
      isOver: this.#isOver,
      failure: this.#failure,
    });
  }

  #find(id: string): Run | undefined {
    return this.#runs.find((run) => run.id === id);
  }

  #hasStarted(id: string, nowMs: number): boolean {
    return (this.#find(id)?.hasStartedAtMs ?? Infinity) <= nowMs;
  }

  /** When the next thing happens by itself. */
  #nextChangeMs(nowMs: number): number {
    const running = this.#runs.filter(({ state }) => state === 'running');
    const moments = running.flatMap((run) => [run.hasStartedAtMs, run.readyAtMs, run.endsAtMs]);
    const all = [...moments, this.#unreadyUntilMs, this.#incidents?.nextMs ?? Infinity];
    return Math.min(...all.filter((moment) => moment > nowMs), Infinity);
  }

  #newSandbox(attempt: number, ips: readonly string[], nowMs: number): SandboxStatus {
    const { name, uid, namespace = '' } = this.pod.metadata;
    const id = containerId(uid, '', attempt);
    const metadata = { name, uid, namespace, attempt };
    return { id, metadata, state: 'ready', createdAtMs: nowMs, labels: {}, annotations: {}, ips };
  }
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>();
/** Each round makes progress: so many are only reached when all containers keep ending as soon as they start. */
const mostRounds = 50;
const retryMs = 1000;

type How = { readonly exitCode: number; readonly reason: string };
const succeeded: How = { exitCode: 0, reason: '' };
const terminated: How = { exitCode: terminatedExitCode, reason: '' };

function ended(run: Run, finishedAtMs: number, { exitCode, reason }: How): Run {
  return { ...run, state: 'exited', finishedAtMs, exitCode, reason };
}

/** The first look that may succeed comes after the delay, the last that must so many periods later. */
function probeDelayMs(probe: Probe | undefined): number {
  if (probe === undefined) return 0;
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1 } = probe;
  return (initialDelaySeconds + (successThreshold - 1) * periodSeconds) * 1000;
}
