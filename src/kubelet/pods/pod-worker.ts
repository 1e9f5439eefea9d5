/**
 * The worker of one pod, from the moment it is bound to this node until nothing of it is left.
 *
 *            ┌──────────── observe ◄───────────┐
 *            ▼                                 │ at once after acting; else when woken (the pod or an object it refers to
 *   running: report status ─► plan ─► act ─────┘ changed, the runtime or a probe says so), when due, or every minute
 *      │ deleted, over, or beyond its deadline
 *      ▼
 *   ending: stop containers ─► stop sandbox ─► final status ─► take down volumes ─► delete the object
 *
 * It remembers only what the runtime cannot tell: delays after crashes, why starts failed, and the last status of containers whose traces are lost.
 */
import type { ContainerStatus, Pod, PodStatus } from '../../api/groups/core.v1.ts';
import { parseTime } from '../../api/time.ts';
import { errorText } from '../../base/log.ts';
import { PodActor } from './pod-actor.ts';
import { PodEnd } from './pod-end.ts';
import { observePod, type ObservedContainer, type PodObservation } from './observation.ts';
import { plan, type Waiting } from './plan.ts';
import { podContainers } from './pod-containers.ts';
import type { NodeServices } from './node-services.ts';
import { podStatus } from './status.ts';
import { Wakeup } from './wakeup.ts';

/** Volumes are refreshed and everything is looked at again this often at least. */
const resyncMs = 60_000;
const longestFailureDelayMs = 10_000;

export class PodWorker {
  readonly #node: NodeServices;
  readonly #signal: AbortSignal;
  readonly #wakeup: Wakeup;
  readonly #actor: PodActor;
  readonly #end: PodEnd;
  readonly #ended = new Map<string, ObservedContainer>();
  readonly #recorded: Map<string, ContainerStatus>;
  readonly #startedAtMs: number;
  #pod: Pod;
  /** The object no longer exists. */
  #isRemoved = false;
  #isOver: boolean;
  #failure: Waiting | undefined;
  /** Aborts what the worker waits for when the pod is to end. */
  readonly #interrupt = new AbortController();

  constructor(node: NodeServices, pod: Pod, signal: AbortSignal) {
    this.#node = node;
    this.#pod = pod;
    this.#signal = signal;
    this.#wakeup = new Wakeup(node.clock, signal);
    this.#actor = new PodActor(node, AbortSignal.any([signal, this.#interrupt.signal]));
    this.#end = new PodEnd(node, signal);
    const { startTime, phase, initContainerStatuses, containerStatuses, ephemeralContainerStatuses } = pod.status;
    this.#startedAtMs = startTime === undefined ? node.clock.now() : parseTime(startTime);
    this.#isOver = phase === 'Succeeded' || phase === 'Failed';
    const statuses = [initContainerStatuses, containerStatuses, ephemeralContainerStatuses].flatMap(
      (list) => list ?? [],
    );
    this.#recorded = new Map(statuses.map((status) => [status.name, status]));
    if (this.#mustEnd()) this.#interrupt.abort();
  }

  get pod(): Pod {
    return this.#pod;
  }

  update(pod: Pod): void {
    this.#pod = pod;
    if (this.#mustEnd()) this.#interrupt.abort();
    this.#end.regrade(pod, this.#isRemoved);
    this.wake();
  }

  /** The object is gone from the API: what it was made of must go too. */
  remove(): void {
    this.#isRemoved = true;
    this.#interrupt.abort();
    this.#end.regrade(this.#pod, true);
    this.wake();
  }

  /** The kubelet ends the pod for a reason of its own. */
  fail(failure: Waiting): void {
    this.#failure = failure;
    this.#interrupt.abort();
    this.wake();
  }

  /** Look again now. */
  wake(): void {
    this.#wakeup.wake();
  }

  /** Something the pod refers to changed: what failed for want of it may succeed now. */
  retry(): void {
    this.#actor.forgetFailures();
    this.wake();
  }

  /** Resolves when nothing of the pod is left, or the signal aborts. */
  async run(): Promise<void> {
    let failures = 0;
    while (!this.#signal.aborted) {
      let dueMs: number | 'finished';
      this.#wakeup.reset();
      try {
        dueMs = await this.#step();
        failures = 0;
      } catch (error) {
        if (this.#signal.aborted) return;
        dueMs = this.#afterError(error, failures++);
      }
      if (dueMs === 'finished') return;
      await this.#wakeup.until(dueMs);
    }
  }

  #afterError(error: unknown, failures: number): number {
    const { clock, log, events } = this.#node;
    // An interruption is no failure: the pod is to end.
    if (this.#interrupt.signal.aborted && !this.#end.hasBegun) return clock.now();
    const { namespace, name } = this.#pod.metadata;
    events.event(this.#pod, 'Warning', 'FailedSync', `error syncing pod: ${errorText(error)}`);
    log.warn('Cannot sync a pod, trying again', { namespace, name, error: errorText(error) });
    return clock.now() + Math.min(1000 * 2 ** failures, longestFailureDelayMs);
  }

  #mustEnd(): boolean {
    return (
      this.#isOver ||
      this.#isRemoved ||
      this.#failure !== undefined ||
      this.#pod.metadata.deletionTimestamp !== undefined
    );
  }

  /** Answers when to look again. */
  async #step(): Promise<number | 'finished'> {
    const { clock, prober } = this.#node;
    const observed = await observePod(this.#node, this.#pod.metadata.uid, this.#ended);
    this.#checkDeadline();
    if (this.#mustEnd()) return this.#finish(observed);
    prober.sync(this.#pod.metadata.uid, this.#actor.probeTargets(this.#pod, observed, this.#recorded));
    const now = clock.now();
    const next = plan({ ...this.#actor.memory, pod: this.#pod, observed, nowMs: now, recorded: this.#recorded });
    this.#actor.noteWaiting(this.#pod, next.waiting);
    const status = this.#status(observed, false);
    const isDone = status.phase === 'Succeeded' || status.phase === 'Failed';
    if (isDone) {
      this.#isOver = true;
      return this.#finish(observed);
    }
    this.#node.statuses.set(this.#pod, status);
    if (next.actions.length > 0) {
      const retryAtMs = await this.#actor.act(this.#pod, observed, next.actions);
      return retryAtMs ?? clock.now();
    }
    if (observed.sandboxes.length > 0) await this.#actor.refreshVolumes(this.#pod, observed);
    return Math.min(next.wakeAtMs ?? Infinity, this.#deadlineMs(), clock.now() + resyncMs);
  }

  #status(observed: PodObservation, isOver: boolean): PodStatus {
    const { nodeIps, runtimeName, prober, clock } = this.#node;
    const status = podStatus({
      pod: this.#pod,
      observed,
      recorded: this.#recorded,
      waiting: this.#actor.waiting,
      readiness: prober,
      nodeIps,
      runtimeName,
      startedAtMs: this.#startedAtMs,
      nowMs: clock.now(),
      isOver,
      failure: this.#failure,
    });
    const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = status;
    for (const each of [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses]) {
      if (observed.containers.some(({ name }) => name === each.name)) this.#recorded.set(each.name, each);
    }
    return status;
  }

  #deadlineMs(): number {
    const seconds = this.#pod.spec.activeDeadlineSeconds;
    return seconds === undefined ? Infinity : this.#startedAtMs + seconds * 1000;
  }

  #checkDeadline(): void {
    if (this.#mustEnd() || this.#node.clock.now() < this.#deadlineMs()) return;
    const message = 'Pod was active on the node longer than the specified deadline';
    this.#node.events.event(this.#pod, 'Normal', 'DeadlineExceeded', message);
    this.#failure = { reason: 'DeadlineExceeded', message };
    this.#interrupt.abort();
  }

  async #finish(observed: PodObservation): Promise<number | 'finished'> {
    const { uid } = this.#pod.metadata;
    const isDeleted = this.#isRemoved || this.#pod.metadata.deletionTimestamp !== undefined;
    const wasOver = this.#pod.status.phase === 'Succeeded' || this.#pod.status.phase === 'Failed';
    await this.#end.stop(this.#pod, observed, this.#isRemoved);
    this.#node.prober.sync(uid, []);
    const settled = await observePod(this.#node, uid, this.#ended);
    if (this.#end.isAlive(settled)) return this.#node.clock.now() + 200;
    if (!this.#isRemoved && !wasOver) this.#node.statuses.set(this.#pod, this.#status(settled, true));
    await this.#end.takeDown(uid);
    if (!isDeleted) return this.#node.clock.now() + resyncMs;
    await this.#node.statuses.written(uid);
    await this.#end.removeTraces(this.#pod, settled, podContainers(this.#pod).length > 0 && !this.#isRemoved);
    return 'finished';
  }
}
