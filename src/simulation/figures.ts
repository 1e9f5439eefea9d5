/**
 * What is counted while a simulation runs: nodes that are ready, pods on their way, and how long they took from when their creation was
 * seen to when the API server had taken the status Running. Memory: four numbers a pod that is on its way, one a pod that arrived.
 */
import type { Clock } from '../base/clock.ts';

/** One second of the timeline. */
export interface Second {
  readonly created: number;
  readonly bound: number;
  readonly running: number;
  readonly removed: number;
  readonly leases: number;
}

type Count = keyof Second;

export interface Snapshot {
  readonly nodes: number;
  readonly nodesReady: number;
  /** Pods that are there. */
  readonly pods: number;
  readonly podsBound: number;
  readonly podsRunning: number;
  readonly podsOver: number;
}

const longestTimeline = 3600;
const mostLatencies = 1_000_000;

type Stage = 'created' | 'bound' | 'running' | 'over';

export class Figures {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #nodes: number;
  readonly #ready = new Set<string>();
  readonly #pods = new Map<string, { stage: Stage; readonly seenMs: number }>();
  readonly #stages: Record<Stage, number> = { created: 0, bound: 0, running: 0, over: 0 };
  readonly #latenciesMs: number[] = [];
  /** By second since the start; the first hour is kept. */
  readonly #seconds: Record<Count, number>[] = [];
  #allReadyMs: number | undefined;

  constructor(clock: Clock, nodes: number) {
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#nodes = nodes;
  }

  nodeIsReady(name: string, isReady: boolean): void {
    if (isReady) this.#ready.add(name);
    else this.#ready.delete(name);
    if (this.#ready.size === this.#nodes) this.#allReadyMs ??= this.#clock.now() - this.#startMs;
  }

  /** `isNew`: it came while the simulation watched, so that its age is known. */
  podSeen(uid: string, isNew: boolean): void {
    if (this.#pods.has(uid)) return;
    this.#pods.set(uid, { stage: 'created', seenMs: isNew ? this.#clock.now() : NaN });
    this.#stages.created++;
    if (isNew) this.#count('created');
  }

  /** It was bound to a node that is not of the simulation. */
  podElsewhere(uid: string): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    this.#pods.delete(uid);
    this.#stages[pod.stage]--;
    const counts = this.#secondAt(pod.seenMs);
    if (counts !== undefined) counts.created--;
  }

  podBound(uid: string): void {
    if (this.#move(uid, 'bound', ['created'])) this.#count('bound');
  }

  podRunning(uid: string): void {
    if (!this.#move(uid, 'running', ['created', 'bound'])) return;
    this.#count('running');
    const latencyMs = this.#clock.now() - (this.#pods.get(uid)?.seenMs ?? NaN);
    if (!Number.isNaN(latencyMs) && this.#latenciesMs.length < mostLatencies) this.#latenciesMs.push(latencyMs);
  }

  podOver(uid: string): void {
    this.#move(uid, 'over', ['created', 'bound', 'running']);
  }

  podRemoved(uid: string): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    this.#pods.delete(uid);
    this.#stages[pod.stage]--;
    this.#count('removed');
  }

  leaseRenewed(): void {
    this.#count('leases');
  }

  get snapshot(): Snapshot {
    const { bound, running, over } = this.#stages;
    return {
      nodes: this.#nodes,
      nodesReady: this.#ready.size,
      pods: this.#pods.size,
      podsBound: bound + running + over,
      podsRunning: running,
      podsOver: over,
    };
  }

  /** From the start to when all nodes were ready for the first time. */
  get allReadyMs(): number | undefined {
    return this.#allReadyMs;
  }

  /** By second since the start. */
  get timeline(): readonly Second[] {
    return this.#seconds;
  }

  /** From creation to running, ascending, in milliseconds. */
  get latenciesMs(): readonly number[] {
    return this.#latenciesMs.toSorted((a, b) => a - b);
  }

  #move(uid: string, stage: Stage, from: readonly Stage[]): boolean {
    const pod = this.#pods.get(uid);
    if (pod === undefined || !from.includes(pod.stage)) return false;
    this.#stages[pod.stage]--;
    pod.stage = stage;
    this.#stages[stage]++;
    return true;
  }

  #count(what: Count): void {
    const counts = this.#secondAt(this.#clock.now());
    if (counts !== undefined) counts[what]++;
  }

  /** Undefined: beyond what is kept. */
  #secondAt(timeMs: number): Record<Count, number> | undefined {
    const second = Math.floor((timeMs - this.#startMs) / 1000);
    if (!(second >= 0 && second < longestTimeline)) return undefined;
    while (this.#seconds.length <= second)
      this.#seconds.push({ created: 0, bound: 0, running: 0, removed: 0, leases: 0 });
    return this.#seconds[second];
  }
}
