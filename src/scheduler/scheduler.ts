/**
 * The scheduler: gives each pod without a node the node that suits it best.
 *
 *   informers ──▶ cache (who is where), queue (who waits)
 *   loop: pop a pod ─▶ decide ─┬─▶ assume it there, bind it beside the next decisions (64 at once at most)
 *                              └─▶ say why not, perhaps send others away, wait for a change that helps
 *
 * Decisions are made one after the other, so each sees what the one before it took.
 */
import { setImmediate } from 'node:timers/promises';
import { isApiError } from '../api/api-error.ts';
import type { Pod } from '../api/groups/core.v1.ts';
import { Namespaces, Nodes, PodDisruptionBudgets, Pods } from '../api/resources.ts';
import type { KubeObject } from '../api/kind.ts';
import { errorText } from '../base/log.ts';
import { Registry } from '../base/metrics.ts';
import type { ComponentContext } from '../client/component.ts';
import { createEventSeriesRecorder, type EventSeriesRecorder } from '../client/event-series.ts';
import type { Change, Informers } from '../client/informer.ts';
import { createInformers } from '../client/shared-informers.ts';
import { bindPod, needsPreparation, permitPod, preparePod, reserve } from './bind-pod.ts';
import { SchedulerCache } from './cache.ts';
import { defaultConfiguration, type Profile, type SchedulerConfiguration } from './config/configuration.ts';
import { decide, type DecideInput, type Decision } from './decide.ts';
import { decideWithExtenders } from './extenders/decide-with-extenders.ts';
import { asPlugin } from './extenders/as-plugin.ts';
import { makeExtender, type Extender } from './extenders/extender.ts';
import type { BindContext, ClusterChange, ClusterEvent, DisruptionBudget, Plugin } from './framework.ts';
import { preFilterMessage } from './fit-message.ts';
import { aboutChange, roomPromisedTo } from './cluster-events.ts';
import { Rejection } from './rejection.ts';
import { deviceResources, Devices, lookUpDevices } from './devices.ts';
import { disruptionBudget } from './disruption-budgets.ts';
import { NodeTable } from './node-table.ts';
import { NodeVerdicts } from './node-verdicts.ts';
import { kinBySelectors, kinshipResources } from './kinship.ts';
import { registerObserved, SchedulerMetrics } from './metrics.ts';
import { Nominations } from './nominations.ts';
import type { PodInfo } from './pod-info.ts';
import type { Probe } from './probe.ts';
import { SchedulingQueue } from './queue.ts';
import { queueingHints } from './queueing-hints.ts';
import { lookUpVolumes, volumeResources, Volumes } from './volumes.ts';
import { disruptionPatch, failedScheduling, failurePatch, patchStatus, type Failure } from './report.ts';

export interface SchedulerOptions {
  /** Shared with other components of the process; its own unless given. */
  readonly informers?: Informers | undefined;
  /** The default profile unless given. */
  readonly configuration?: SchedulerConfiguration | undefined;
  /** Where the scheduler counts its work; nowhere unless given. */
  readonly metrics?: Registry | undefined;
  /** The machine it runs on, by which its events tell it from others; `localhost` unless given. */
  readonly host?: string | undefined;
}

/**
 * Enough to keep server and scheduler busy at the same time; the server's queues of one client (six of fifty, in its
 * level of priority) hold them all.
 */
const maxBindings = 192;
/** Events that wait to be written when no further pod is decided about, so that none is dropped. */
const maxEvents = 10_000;
const eventsLookMs = 50;
/** Other work of the process gets its turn after deciding for this long. */
const maxTurnMs = 10;
const maxIdleMs = 30_000;

export async function runScheduler(
  signal: AbortSignal,
  context: ComponentContext,
  options: SchedulerOptions = {},
): Promise<void> {
  const own = options.informers === undefined ? createInformers({ ...context, signal }) : undefined;
  const informers = options.informers ?? own;
  if (informers === undefined) return;
  const scheduler = new Scheduler(signal, context, options);
  const stop = scheduler.follow(informers);
  try {
    await scheduler.whenSynced(informers);
    await scheduler.run();
  } finally {
    for (const off of stop) off();
    await own?.whenEnded();
  }
}

/** A profile at work. */
interface ActiveProfile extends Profile {
  readonly verdicts: NodeVerdicts;
  readonly probe: () => Probe;
  readonly events: EventSeriesRecorder;
}

/** One try to give a pod a node. */
interface Attempt {
  readonly profile: ActiveProfile;
  readonly pod: PodInfo;
  readonly probe: Probe;
  /** By the monotonic clock. */
  readonly startedMs: number;
}

class Scheduler {
  readonly #signal: AbortSignal;
  readonly #context: ComponentContext;
  readonly #metrics: SchedulerMetrics;
  readonly #extenders: readonly Extender[];
  readonly #profiles: ReadonlyMap<string, ActiveProfile>;
  readonly #table = new NodeTable();
  readonly #cache = new SchedulerCache(this.#table);
  readonly #nominations = new Nominations(this.#table);
  readonly #queue: SchedulingQueue;
  readonly #running = new Set<Promise<void>>();
  /** Listed anew after a change. */
  #budgets: () => readonly DisruptionBudget[] = () => [];
  /** Pods among those running that wait before they are bound: they take no place of others. */
  #preparing = 0;
  #start = 0;
  #wake: () => void = () => undefined;

  constructor(signal: AbortSignal, context: ComponentContext, options: SchedulerOptions) {
    this.#signal = signal;
    this.#context = context;
    const { profiles, initialBackoffMs, maxBackoffMs, extenders } = options.configuration ?? defaultConfiguration;
    const { metrics: registry = new Registry(), host = 'localhost' } = options;
    this.#metrics = new SchedulerMetrics(registry);
    this.#extenders = inOrder(extenders.map(makeExtender));
    const extending = this.#extenders.map(asPlugin);
    this.#profiles = new Map(
      profiles.map(({ plugins, ...named }) => {
        const profile = { ...named, plugins: [...extending, ...plugins] };
        const verdicts = new NodeVerdicts(this.#table, profile.plugins);
        const component = profile.schedulerName;
        const events = createEventSeriesRecorder({ ...context, signal, component, host, longestQueue: 2 * maxEvents });
        return [component, { ...profile, verdicts, events, probe: this.#metrics.probes(component) }];
      }),
    );
    this.#queue = new SchedulingQueue({
      now: () => context.clock.now(),
      initialBackoffMs,
      maxBackoffMs,
      onMove: (place, why) => this.#metrics.moved(place, why),
      gate: (pod) =>
        this.#profileOf(pod)?.plugins.find(({ preEnqueue }) => preEnqueue?.(pod, this.#table) !== undefined)?.name,
      hints: queueingHints([...this.#profiles.values()].flatMap(({ plugins }) => plugins)),
    });
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    registerObserved(registry, {
      waiting: () => this.#queue.waiting(),
      inFlight: () => this.#queue.inFlight(),
      running: () => this.#running.size,
      sizes: () => ({ nodes: this.#table.live.length, ...this.#cache.sizes() }),
    });
  }

  follow(informers: Informers): readonly (() => void)[] {
    const budgets = informers.of(PodDisruptionBudgets);
    let listed: readonly DisruptionBudget[] | undefined;
    this.#budgets = () => (listed ??= budgets.list().map(disruptionBudget));
    this.#table.volumes = new Volumes(lookUpVolumes(informers));
    this.#table.devices = new Devices(lookUpDevices(informers));
    this.#table.kinship = kinBySelectors(informers);
    const announcing = (change: ClusterChange) => (changed: Change<KubeObject>) =>
      this.#announce([{ change, about: aboutChange(changed) }]);
    const [onDevice, onVolume] = [announcing('device changed'), announcing('volume changed')];
    return [
      budgets.onChange(() => {
        listed = undefined;
      }),
      informers.of(Namespaces).onChange(({ type, object }) => {
        this.#table.setNamespace(object.metadata.name, type === 'deleted' ? undefined : (object.metadata.labels ?? {}));
      }),
      informers.of(Nodes).onChange((change) => {
        const { type, object: node } = change;
        this.#announce(type === 'deleted' ? this.#cache.removeNode(node) : this.#cache.setNode(node));
      }),
      informers.of(Pods).onChange((change) => this.#onPod(change)),
      ...volumeResources.map((resource) => informers.of<KubeObject, unknown>(resource).onChange(onVolume)),
      ...deviceResources.map((resource) => informers.of<KubeObject, unknown>(resource).onChange(onDevice)),
    ];
  }

  async whenSynced(informers: Informers): Promise<void> {
    const kinds = [
      Namespaces,
      Nodes,
      Pods,
      PodDisruptionBudgets,
      ...volumeResources,
      ...deviceResources,
      ...kinshipResources,
    ];
    await Promise.all(kinds.map((kind) => informers.of<KubeObject, unknown>(kind).whenSynced())).catch(
      (error: unknown) => {
        if (!this.#signal.aborted) throw error;
      },
    );
  }

  async run(): Promise<void> {
    let turnEnds = performance.now() + maxTurnMs;
    while (!this.#signal.aborted) {
      const mayGoOn = this.#running.size - this.#preparing < maxBindings && !this.#isBehind();
      const pod = mayGoOn ? this.#queue.pop() : undefined;
      if (pod === undefined) {
        await this.#somethingToDo();
        turnEnds = performance.now() + maxTurnMs;
        continue;
      }
      const thinking = this.#schedule(pod);
      if (thinking !== undefined) await thinking;
      if (performance.now() < turnEnds) continue;
      await setImmediate();
      turnEnds = performance.now() + maxTurnMs;
    }
    await Promise.all(this.#running);
    for (const extender of this.#extenders) extender.close();
    for (const { events } of this.#profiles.values()) await events.whenIdle();
  }

  /** With telling what it has done. */
  #isBehind(): boolean {
    for (const { events } of this.#profiles.values()) if (events.waiting >= maxEvents) return true;
    return false;
  }

  #somethingToDo(): Promise<void> {
    const { clock } = this.#context;
    return new Promise((resolve) => {
      const longestMs = this.#isBehind() ? eventsLookMs : maxIdleMs;
      const waitMs = Math.min(longestMs, Math.max(0, (this.#queue.nextDue() ?? Infinity) - clock.now()));
      const cancel = clock.after(waitMs, () => this.#wake());
      this.#wake = () => {
        this.#wake = () => undefined;
        cancel();
        resolve();
      };
      if (this.#signal.aborted) this.#wake();
    });
  }

  #announce(events: readonly ClusterEvent[]): void {
    for (const event of events) {
      const startedMs = performance.now();
      this.#queue.changed(event);
      this.#metrics.event(event.change, secondsSince(startedMs));
    }
    if (events.length > 0) this.#wake();
  }

  #onPod(change: Change<Pod>): void {
    const pod = change.object;
    const { uid } = pod.metadata;
    if (change.type === 'deleted' || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') {
      const waiting = this.#queue.get(uid);
      this.#queue.remove(uid);
      if (this.#nominations.remove(uid)) this.#announce(roomPromisedTo(waiting));
      this.#announce(this.#cache.removePod(uid));
    } else if ((pod.spec.nodeName ?? '') !== '') {
      this.#queue.remove(uid);
      this.#nominations.remove(uid);
      this.#announce(this.#cache.setPod(pod));
    } else if (this.#profileOf(pod) !== undefined && !this.#cache.has(uid)) {
      this.#queue.set(pod);
      this.#followNomination(change);
      this.#wake();
    }
  }

  /** Undefined: another scheduler looks after the pod. */
  #profileOf({ spec }: Pod): ActiveProfile | undefined {
    return this.#profiles.get(spec.schedulerName ?? 'default-scheduler');
  }

  /** The API's word counts where it changed: a copy from before our own promise must not undo it. */
  #followNomination(change: Change<Pod>): void {
    const nominated = change.object.status.nominatedNodeName;
    const previous = change.type === 'updated' ? change.previous.status.nominatedNodeName : undefined;
    const info = this.#queue.get(change.object.metadata.uid);
    if (info !== undefined && nominated !== previous) this.#nominations.set(info, nominated);
  }

  /** The answer is there when others take part in the decision. */
  #schedule(pod: PodInfo): Promise<void> | undefined {
    const profile = this.#profileOf(pod.pod);
    if (profile === undefined || pod.pod.metadata.deletionTimestamp !== undefined) {
      this.#queue.done(pod.uid);
      profile?.events.event(failedScheduling(pod, `skip schedule deleting pod: ${pod.key}`));
      return undefined;
    }
    const extenders = this.#extenders.filter((extender) => extender.isInterested(pod));
    const probe = profile.probe();
    const input: DecideInput = {
      pod,
      table: this.#table,
      plugins: profile.plugins,
      verdicts: profile.verdicts,
      percentageOfNodesToScore: profile.percentageOfNodesToScore,
      random: this.#context.random,
      start: this.#start,
      budgets: this.#budgets(),
      probe,
    };
    const attempt: Attempt = { profile, pod, probe, startedMs: performance.now() };
    if (extenders.length > 0) return this.#scheduleWith(extenders, attempt, input);
    try {
      this.#carryOut(attempt, decide(input));
    } catch (error) {
      this.#beside(() => this.#unplace(attempt, error));
    }
    return undefined;
  }

  async #scheduleWith(extenders: readonly Extender[], attempt: Attempt, input: DecideInput): Promise<void> {
    try {
      const decision = await decideWithExtenders(input, extenders, this.#signal);
      // The pod may have gone, or got a node from somebody else, meanwhile.
      if (this.#queue.place(input.pod.uid) === 'inFlight') this.#carryOut(attempt, decision);
    } catch (error) {
      this.#beside(() => this.#unplace(attempt, error));
    }
  }

  #carryOut(attempt: Attempt, decision: Decision): void {
    this.#start = decision.nextStart;
    this.#metrics.decided(secondsSince(attempt.startedMs));
    if (decision.type === 'fits') this.#place(attempt, decision.nodeName);
    else this.#refuse(attempt, decision);
  }

  #place(attempt: Attempt, nodeName: string): void {
    const { profile, pod, probe, startedMs } = attempt;
    this.#cache.assume(pod, nodeName);
    const { plugins, events, schedulerName } = profile;
    const reservingMs = performance.now();
    const undo = reserve(plugins, pod, { nodeName, table: this.#table }, probe);
    probe.passed('Reserve', secondsSince(reservingMs), 'Success');
    const { client, clock } = this.#context;
    const tell = (reason: string, note: string): void =>
      events.event({ regarding: pod.pod, type: 'Normal', reason, action: 'Scheduling', note });
    const context = { client, clock, pod: pod.pod, nodeName, table: this.#table, signal: this.#signal, tell };
    const history = this.#queue.history(pod.uid);
    let hopes = pod.pod.status.nominatedNodeName;
    this.#beside(async () => {
      try {
        if (needsPreparation(plugins, pod)) {
          // Others see where the pod will go while it waits.
          await patchStatus(client, pod.pod, { status: { nominatedNodeName: nodeName } });
          hopes = nodeName;
          await this.#aside(this.#prepare(probe, plugins, context));
        }
        await timed('Bind', probe, bindPod(plugins, context, probe));
      } catch (error) {
        undo();
        await this.#unplace(attempt, error, hopes);
        return;
      }
      this.#queue.done(pod.uid);
      this.#nominations.remove(pod.uid);
      this.#metrics.attempt(schedulerName, 'scheduled', secondsSince(startedMs));
      this.#metrics.bound(history, clock.now());
      const note = `Successfully assigned ${pod.key} to ${nodeName}`;
      events.event({ regarding: pod.pod, type: 'Normal', reason: 'Scheduled', action: 'Binding', note });
    });
  }

  async #prepare(probe: Probe, plugins: readonly Plugin[], context: BindContext): Promise<void> {
    const startedMs = performance.now();
    const permitting = permitPod(plugins, context, probe);
    const told = (ok: boolean): void => this.#metrics.permitted(secondsSince(startedMs), ok ? 'Success' : 'Error');
    if (plugins.some(({ permit }) => permit !== undefined)) {
      permitting.then(
        () => told(true),
        () => told(false),
      );
    }
    await timed('Permit', probe, permitting);
    await timed('PreBind', probe, preparePod(plugins, context, probe));
  }

  /** The loop goes on meanwhile, however many wait. */
  async #aside(waiting: Promise<void>): Promise<void> {
    this.#preparing++;
    this.#wake();
    try {
      await waiting;
    } finally {
      this.#preparing--;
    }
  }

  async #unplace({ profile, pod, startedMs }: Attempt, error: unknown, nominated?: string): Promise<void> {
    const freed = this.#cache.forget(pod.uid);
    const rejected = error instanceof Rejection;
    // What no other node would do better waits for a change that helps.
    const waits = rejected && error.ofNode;
    this.#metrics.attempt(profile.schedulerName, rejected ? 'unschedulable' : 'error', secondsSince(startedMs));
    this.#queue.fail(pod.uid, new Set(waits ? [error.plugin] : []), !waits);
    this.#announce(freed);
    if (this.#signal.aborted || isApiError((error as Error).cause, 'NotFound')) return;
    await this.#say(profile, pod, {
      reason: rejected ? 'Unschedulable' : 'SchedulerError',
      message: waits ? preFilterMessage(1, `1 ${error.message}`) : messageOf(error),
      nominatedNode: '',
      nominatedBefore: nominated,
    });
  }

  #refuse({ profile, pod, startedMs }: Attempt, decision: Extract<Decision, { type: 'refused' }>): void {
    const { message, refusedBy, nominatedNode = '', victims = [], acts = [] } = decision;
    this.#metrics.attempt(profile.schedulerName, 'unschedulable', secondsSince(startedMs));
    this.#metrics.preemption(victims.length);
    this.#queue.fail(pod.uid, refusedBy);
    const displaced = this.#nominations.on(nominatedNode).filter((other) => other.priority < pod.priority);
    this.#nominations.set(pod, nominatedNode);
    this.#beside(() => this.#say(profile, pod, { reason: 'Unschedulable', message, nominatedNode }));
    for (const act of acts) this.#beside(() => act(this.#context.client));
    for (const victim of victims) this.#beside(() => this.#sendAway(profile, victim, pod, nominatedNode));
    for (const other of displaced) {
      this.#nominations.remove(other.uid);
      this.#beside(() => patchStatus(this.#context.client, other.pod, { status: { nominatedNodeName: null } }));
    }
  }

  async #say({ events }: ActiveProfile, pod: PodInfo, failure: Failure): Promise<void> {
    events.event(failedScheduling(pod, failure.message));
    const latest = this.#queue.get(pod.uid)?.pod ?? pod.pod;
    const patch = failurePatch(latest, failure, this.#context.clock.now());
    if (patch !== undefined) await patchStatus(this.#context.client, pod.pod, patch);
  }

  async #sendAway(
    { schedulerName, events }: ActiveProfile,
    victim: PodInfo,
    by: PodInfo,
    nodeName: string,
  ): Promise<void> {
    const { client, clock } = this.#context;
    const { namespace, name, uid, deletionTimestamp } = victim.pod.metadata;
    if (deletionTimestamp !== undefined) return;
    const startedMs = performance.now();
    try {
      await patchStatus(client, victim.pod, disruptionPatch(victim.pod, schedulerName, clock.now()));
      await client.delete(Pods, { namespace, name }, { uid });
      this.#metrics.sentAway(secondsSince(startedMs), true);
    } catch (error) {
      if (isApiError(error, 'NotFound')) return;
      this.#metrics.sentAway(secondsSince(startedMs), false);
      // The room will not come: the pod shall look elsewhere, and not wait for it.
      this.#nominations.remove(by.uid);
      this.#announce([{ change: 'assigned pod deleted', pod: victim }]);
      throw error;
    }
    const note = `Preempted by pod ${by.uid} on node ${nodeName}`;
    const preempted = { type: 'Normal', reason: 'Preempted', action: 'Preempting', note } as const;
    events.event({ regarding: victim.pod, related: by.pod, ...preempted });
  }

  /** Runs beside the loop; what goes wrong is logged, and the pod is tried again in its time. */
  #beside(work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => {
        if (this.#signal.aborted || isApiError(error, 'NotFound')) return;
        this.#context.log.warn('A request failed', { error: errorText(error) });
      })
      .finally(() => {
        this.#running.delete(running);
        this.#wake();
      });
    this.#running.add(running);
  }
}

/** Those that may be ignored come last. */
function inOrder(extenders: readonly Extender[]): readonly Extender[] {
  return extenders.toSorted((a, b) => Number(a.ignorable) - Number(b.ignorable));
}

async function timed(point: string, probe: Probe, work: Promise<void>): Promise<void> {
  const startedMs = performance.now();
  let ok = false;
  try {
    await work;
    ok = true;
  } finally {
    probe.passed(point, secondsSince(startedMs), ok ? 'Success' : 'Error');
  }
}

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1000;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
