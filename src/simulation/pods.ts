/**
 * The pods of all simulated nodes in one loop: one informer for them all, one timer a pod at most, and writes of which so many at once are
 * under way.
 *
 *   informer ──▶ life of the pod ──status──▶ status writer ──turns──▶ API
 *                  ▲          └──wakeAtMs──▶ timers ─┐
 *                  └─────────────────────────────────┘
 */
import { isApiError } from '../api/api-error.ts';
import type { Pod } from '../api/groups/core.v1.ts';
import { Pods } from '../api/resources.ts';
import { errorText } from '../base/log.ts';
import type { Client } from '../client/client.ts';
import type { ComponentContext } from '../client/component.ts';
import type { Change, Informer } from '../client/informer.ts';
import { StatusWriter } from '../kubelet/pods/status-writer.ts';
import type { Dice } from './dice.ts';
import type { Figures } from './figures.ts';
import { behaviourOf } from './match-pod.ts';
import { isTalking } from './nodes.ts';
import type { PodAddresses } from './pod-addresses.ts';
import { PodLife } from './pod-life.ts';
import type { PodRule } from './scenario.ts';
import type { SimulatedNode } from './simulated-node.ts';
import type { Timer, Timers } from './timers.ts';
import { Turns } from '../base/turns.ts';

export interface SimulatedPodsOptions {
  readonly context: ComponentContext;
  readonly rules: readonly PodRule[];
  readonly dice: Dice;
  readonly timers: Timers;
  readonly figures: Figures;
  readonly addresses: PodAddresses;
  readonly writesAtOnce: number;
  readonly signal: AbortSignal;
  /** Undefined: the node is not one of the simulation. */
  nodeOf(name: string): SimulatedNode | undefined;
}

interface Held {
  readonly life: PodLife;
  readonly node: SimulatedNode;
  timer: Timer | undefined;
  /** Its status was written once. */
  hasReported: boolean;
  removing: boolean;
}

/** A state that lasts shorter than this is not worth a write of its own while the pod starts. */
const shortestReportMs = 500;
const retryMs = 1000;

export class SimulatedPods {
  readonly #options: SimulatedPodsOptions;
  readonly #writes: Turns;
  readonly #statuses: StatusWriter;
  readonly #held = new Map<string, Held>();
  #informer: Informer<Pod> | undefined;
  readonly #byNode = new Map<string, Set<Held>>();

  constructor(options: SimulatedPodsOptions) {
    this.#options = options;
    this.#writes = new Turns(options.writesAtOnce);
    const { client } = options.context;
    const limited: Pick<Client, 'find' | 'updateStatus'> = {
      find: (resource, ref) => client.find(resource, ref),
      updateStatus: (resource, object) => this.#writes.run(() => client.updateStatus(resource, object)),
    };
    const written = (pod: Pod): void => this.#noteWritten(pod);
    this.#statuses = new StatusWriter({ ...options.context, client: limited, written }, options.signal);
  }

  follow(informer: Informer<Pod>): void {
    this.#informer = informer;
    informer.onChange((change) => this.#note(change, informer.synced));
  }

  /** The lives of the pods on a node. */
  on(node: string): readonly PodLife[] {
    return [...(this.#byNode.get(node) ?? [])].map(({ life }) => life);
  }

  /** Undefined: none of that name is on a node of the simulation. */
  named(namespace: string, name: string): PodLife | undefined {
    const uid = this.#informer?.get(namespace, name)?.metadata.uid;
    return uid === undefined ? undefined : this.#held.get(uid)?.life;
  }

  /** The pod with the container or sandbox of this id, for the few whom people look into. */
  withId(id: string): PodLife | undefined {
    for (const { life } of this.#held.values()) {
      const { sandboxes, containers } = life.observed;
      if (sandboxes.some((each) => each.id === id) || containers.some((each) => each.id === id)) return life;
    }
    return undefined;
  }

  /** A node answers again or is gone: its pods go on, or are forgotten. */
  nodeChanged(node: SimulatedNode): void {
    for (const held of this.#byNode.get(node.name) ?? []) {
      if (isTalking(node)) this.#advance(held);
      else held.timer?.cancel();
    }
  }

  #note({ type, object }: Change<Pod>, synced: boolean): void {
    const { uid } = object.metadata;
    const { figures } = this.#options;
    if (type === 'deleted') {
      figures.podRemoved(uid);
      const held = this.#held.get(uid);
      if (held !== undefined) this.#drop(held);
      return;
    }
    const { nodeName = '' } = object.spec;
    const node = nodeName === '' ? undefined : this.#options.nodeOf(nodeName);
    if (nodeName !== '' && node === undefined) return figures.podElsewhere(uid);
    figures.podSeen(uid, synced);
    if (node === undefined) return;
    figures.podBound(uid);
    const held = this.#held.get(uid);
    if (held === undefined) return this.#take(object, node);
    const before = held.life.pod;
    held.life.pod = object;
    if (concerns(before, object)) this.#advance(held);
  }

  #take(pod: Pod, node: SimulatedNode): void {
    const { rules, dice, addresses, context, figures } = this.#options;
    const behaviour = behaviourOf(rules, pod);
    for (const { ip } of pod.status.podIPs ?? []) addresses.claim(ip);
    const nodeIps = node.facts.ips;
    const life = new PodLife(
      pod,
      { behaviour, dice, nodeIps, takeAddress: () => addresses.take() },
      context.clock.now(),
    );
    const held: Held = { life, node, timer: undefined, hasReported: false, removing: false };
    this.#held.set(pod.metadata.uid, held);
    const others = this.#byNode.get(node.name) ?? new Set();
    this.#byNode.set(node.name, others.add(held));
    if (pod.status.phase === 'Running') figures.podRunning(pod.metadata.uid);
    this.#advance(held);
  }

  #drop(held: Held): void {
    held.timer?.cancel();
    const { uid } = held.life.pod.metadata;
    this.#held.delete(uid);
    this.#byNode.get(held.node.name)?.delete(held);
    for (const { ip } of held.life.pod.status.podIPs ?? []) this.#options.addresses.release(ip);
    this.#statuses.forget(uid);
  }

  #advance(held: Held): void {
    const { context, timers, signal } = this.#options;
    const { life, node } = held;
    held.timer?.cancel();
    if (signal.aborted || held.removing || !isTalking(node)) return;
    const now = context.clock.now();
    const { status, wakeAtMs, isGone } = life.advance(now);
    if (isGone) {
      held.removing = true;
      void this.#remove(held, status);
      return;
    }
    if (held.hasReported || wakeAtMs - now >= shortestReportMs) {
      held.hasReported = true;
      this.#statuses.set(life.pod, status);
    }
    if (wakeAtMs !== Infinity) held.timer = timers.at(wakeAtMs, () => this.#advance(held));
  }

  /** Who waits for a finalizer sees how the pod ended; otherwise the object goes at once, and nobody would. */
  async #remove(held: Held, status: Pod['status']): Promise<void> {
    const { context, signal, timers } = this.#options;
    const { pod } = held.life;
    const { uid } = pod.metadata;
    if ((pod.metadata.finalizers ?? []).length > 0) {
      this.#statuses.set(pod, status);
      await this.#statuses.written(uid);
    }
    try {
      await this.#writes.run(() => context.client.delete(Pods, pod.metadata, { gracePeriodSeconds: 0, uid }));
    } catch (error) {
      if (signal.aborted || isApiError(error, 'NotFound', 'Conflict')) return;
      context.log.warn('Cannot delete a pod, trying again', { pod: pod.metadata.name, error: errorText(error) });
      held.timer = timers.at(context.clock.now() + retryMs, () => void this.#remove(held, status));
    }
  }

  #noteWritten({ metadata, status }: Pod): void {
    const { figures } = this.#options;
    if (status.phase === 'Running') figures.podRunning(metadata.uid);
    else if (status.phase === 'Succeeded' || status.phase === 'Failed') figures.podOver(metadata.uid);
  }
}

/** Whether the change is more than a status that we wrote ourselves. */
function concerns(before: Pod, after: Pod): boolean {
  const { metadata, spec } = after;
  return (
    metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
    metadata.deletionGracePeriodSeconds !== before.metadata.deletionGracePeriodSeconds ||
    metadata.generation !== before.metadata.generation ||
    (spec.readinessGates ?? []).length > 0
  );
}
