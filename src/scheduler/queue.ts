/**
 * Pods that wait for a node.
 *
 *   add ──▶ active ──pop──▶ in flight ──▶ (bound: removed)
 *            ▲  ▲               │ fail
 *   due time │  └── backoff ◀───┤ something that helps happened meanwhile, or an error
 *            │        ▲         ▼
 *            └────────┴─── unschedulable          gated: waits for what a plugin wants before the first try
 *            a change that helps, or 5 minutes
 *
 * Active is ordered by priority, then by age. The backoff doubles from 1 to 10 seconds (or as configured) with each refusal, and
 * anew with each error in a row. It keeps refused pods from taking the place of others: when nobody else waits they are tried
 * before it is over; after an error it always runs its time.
 * The queue holds each pod that has no node, once; its size is the number of such pods.
 */
import type { Pod } from '../api/groups/core.v1.ts';
import { equalJson } from './equal-json.ts';
import type { ClusterChange, ClusterEvent } from './framework.ts';
import { Heap } from './heap.ts';
import { podInfo, type PodInfo } from './pod-info.ts';
import type { QueueingHints } from './queueing-hints.ts';

export type Place = 'active' | 'backoff' | 'unschedulable' | 'gated' | 'inFlight';

export interface QueueOptions {
  readonly now: () => number;
  /** What a pod waits after its first failed attempt; doubled by each further one, up to the maximum. 1 and 10 seconds. */
  readonly initialBackoffMs?: number | undefined;
  readonly maxBackoffMs?: number | undefined;
  /** The plugin by which the pod may not be tried yet. */
  readonly gate: (pod: Pod) => string | undefined;
  readonly hints: QueueingHints;
  /** Told of each pod that comes to one of the places where pods wait, and why. */
  readonly onMove?: ((place: Place, why: MoveReason) => void) | undefined;
}

export type MoveReason =
  | ClusterChange
  | 'added'
  | 'updated'
  | 'attempt failed'
  | 'backoff over'
  | 'nobody else waits'
  | 'waited long';

export interface Waiting {
  readonly pod: Pod;
  readonly place: Place;
  readonly refusedBy: ReadonlySet<string>;
}

export interface History {
  readonly attempts: number;
  /** When the pod was first taken out. */
  readonly triedAt: number | undefined;
  /** Whether it was tried again only because it had waited for long: no change brought it back. */
  readonly waitedLong: boolean;
}

interface Entry {
  info: PodInfo;
  place: Place;
  attempts: number;
  /** Attempts that ended because no node took the pod. */
  refusals: number;
  /** Attempts since then that ended with an error. */
  errors: number;
  /** When the pod came to its place. */
  since: number;
  refusedBy: ReadonlySet<string>;
  /** Grows with each move, so that what a heap still holds of an older place is known to be stale. */
  ticket: number;
  /** When the pod was first taken out. */
  triedAt: number | undefined;
  waitedLong: boolean;
  /** The queue's count of changes when the pod was taken out. */
  poppedAt: number;
}

interface Ticket {
  readonly entry: Entry;
  readonly ticket: number;
  readonly at: number;
  readonly order: number;
}

const defaultInitialMs = 1000;
const defaultMaxMs = 10_000;
const maxUnschedulableMs = 5 * 60_000;
/** How often pods that became unschedulable long ago are looked for. */
const scanEveryMs = 30_000;

export class SchedulingQueue {
  readonly #options: QueueOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #unschedulable = new Refusals();
  readonly #gated = new Refusals();
  readonly #active = new Heap<Ticket>(
    (a, b) =>
      b.entry.info.priority - a.entry.info.priority < 0 ||
      (a.entry.info.priority === b.entry.info.priority && (a.at - b.at || a.order - b.order) < 0),
  );
  readonly #backoff = new Heap<Ticket>(isDueBefore);
  /** After an error. */
  readonly #errorBackoff = new Heap<Ticket>(isDueBefore);
  /** When a kind of change was seen last, in the count of changes. */
  readonly #lastChange = new Map<ClusterChange, number>();
  #scannedAt = 0;
  #changes = 0;
  #order = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** The pod came, or changed while it waits. */
  set(pod: Pod): void {
    const known = this.#entries.get(pod.metadata.uid);
    if (known === undefined) return this.#add(podInfo(pod));
    const { spec, metadata } = known.info.pod;
    const changed = !equalJson(spec, pod.spec) || !equalJson(metadata.labels, pod.metadata.labels);
    known.info = podInfo(pod);
    if (known.place === 'gated') {
      this.#activate(known, 'updated');
    } else if (changed && known.place === 'unschedulable') {
      this.#retry(known, 'updated');
    } else if (changed && known.place === 'inFlight') {
      this.#note('pod changed');
    }
  }

  remove(uid: string): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    entry.ticket++;
    this.#entries.delete(uid);
    this.#unschedulable.delete(entry);
    this.#gated.delete(entry);
  }

  /** The pod that is next, now in flight: `done` or `fail` must follow. */
  pop(): PodInfo | undefined {
    this.flush();
    const active = popCurrent(this.#active);
    const entry = active ?? popCurrent(this.#backoff);
    if (entry === undefined) return undefined;
    if (active === undefined) this.#options.onMove?.('active', 'nobody else waits');
    this.#move(entry, 'inFlight', 'updated');
    entry.triedAt ??= this.#options.now();
    entry.attempts++;
    entry.poppedAt = this.#changes;
    return entry.info;
  }

  /** The pod has been bound. */
  done(uid: string): void {
    this.remove(uid);
  }

  /** The pod found no node, or something went wrong (`refusedBy` empty and `error`). */
  fail(uid: string, refusedBy: ReadonlySet<string>, error = false): void {
    const entry = this.#entries.get(uid);
    if (entry?.place !== 'inFlight') return;
    entry.refusedBy = refusedBy;
    entry.waitedLong = false;
    entry.errors = error ? entry.errors + 1 : 0;
    if (!error) entry.refusals++;
    const helped = [...this.#lastChange].some(
      ([change, at]) => at > entry.poppedAt && this.#options.hints.mayHelp(change, refusedBy),
    );
    this.#move(entry, 'unschedulable', 'attempt failed');
    if (error || helped) this.#retry(entry, 'attempt failed');
  }

  /** Something happened in the cluster: whom it may help is tried again. */
  changed(event: ClusterEvent): void {
    this.#note(event.change);
    const { hints } = this.#options;
    const { highestPriority = Infinity } = event;
    const helped = this.#unschedulable.select(
      (refusedBy) => hints.mayHelp(event.change, refusedBy),
      // The room that a pod gives back itself was not enough.
      ({ info, refusedBy }) =>
        info.uid !== event.pod?.uid && info.priority <= highestPriority && hints.helps(event, info, refusedBy),
    );
    for (const entry of helped) this.#retry(entry, event.change);
    const open = this.#gated.select(
      (gatedBy) => hints.mayHelp(event.change, gatedBy),
      ({ info }) => this.#options.gate(info.pod) === undefined,
    );
    for (const entry of open) this.#activate(entry, event.change);
  }

  /** What a pod that has no node yet has behind it. */
  history(uid: string): History {
    const { attempts = 0, triedAt, waitedLong = false } = this.#entries.get(uid) ?? {};
    return { attempts, triedAt, waitedLong };
  }

  /** How many pods are being tried, and which changes are remembered for them: of each kind the last. */
  inFlight(): { readonly pods: number; readonly changes: readonly ClusterChange[] } {
    const flying = [...this.#entries.values()].filter(({ place }) => place === 'inFlight');
    const first = flying.reduce((least, { poppedAt }) => Math.min(least, poppedAt), Infinity);
    const changes = [...this.#lastChange].filter(([, at]) => at > first).map(([change]) => change);
    return { pods: flying.length, changes };
  }

  /** Every pod without a node. */
  *waiting(): Generator<Waiting> {
    for (const { info, place, refusedBy } of this.#entries.values()) yield { pod: info.pod, place, refusedBy };
  }

  /** Where the pod waits. */
  place(uid: string): Place | undefined {
    return this.#entries.get(uid)?.place;
  }

  get(uid: string): PodInfo | undefined {
    return this.#entries.get(uid)?.info;
  }

  /** Moves what is due by now. */
  flush(): void {
    const now = this.#options.now();
    for (const heap of [this.#backoff, this.#errorBackoff]) {
      for (let next = peekCurrent(heap); next !== undefined && next.at <= now; next = peekCurrent(heap)) {
        heap.pop();
        this.#activate(next.entry, 'backoff over');
      }
    }
    if (now - this.#scannedAt < scanEveryMs) return;
    this.#scannedAt = now;
    const old = this.#unschedulable.select(
      () => true,
      ({ since }) => now - since >= maxUnschedulableMs,
    );
    for (const entry of old) {
      this.#retry(entry, 'waited long');
      entry.waitedLong = true;
    }
  }

  /** When the next pod's backoff ends; undefined when none is in backoff. */
  nextDue(): number | undefined {
    const dues = [this.#backoff, this.#errorBackoff].map((heap) => peekCurrent(heap)?.at ?? Infinity);
    const due = Math.min(...dues);
    return due === Infinity ? undefined : due;
  }

  #add(info: PodInfo): void {
    const entry: Entry = {
      info,
      place: 'inFlight',
      attempts: 0,
      refusals: 0,
      errors: 0,
      since: this.#options.now(),
      refusedBy: new Set(),
      ticket: 0,
      triedAt: undefined,
      waitedLong: false,
      poppedAt: 0,
    };
    this.#entries.set(info.uid, entry);
    this.#activate(entry, 'added');
  }

  #note(change: ClusterChange): void {
    this.#changes++;
    this.#lastChange.set(change, this.#changes);
  }

  #retry(entry: Entry, why: MoveReason): void {
    if (this.#isGated(entry, why)) return;
    const { initialBackoffMs = defaultInitialMs, maxBackoffMs = defaultMaxMs } = this.#options;
    const { errors, refusals } = entry;
    const failures = errors > 0 ? errors : refusals;
    const backoffMs = failures === 0 ? 0 : Math.min(maxBackoffMs, initialBackoffMs * 2 ** Math.min(failures - 1, 30));
    const due = entry.since + backoffMs;
    if (due <= this.#options.now()) return this.#activate(entry, why);
    this.#move(entry, 'backoff', why);
    const heap = errors > 0 ? this.#errorBackoff : this.#backoff;
    heap.push({ entry, ticket: entry.ticket, at: due, order: this.#order++ });
  }

  #activate(entry: Entry, why: MoveReason): void {
    if (this.#isGated(entry, why)) return;
    this.#move(entry, 'active', why);
    this.#active.push({ entry, ticket: entry.ticket, at: entry.since, order: this.#order++ });
  }

  /** A pod that may not be tried is put, or left, where such pods wait. */
  #isGated(entry: Entry, why: MoveReason): boolean {
    const plugin = this.#options.gate(entry.info.pod);
    if (plugin === undefined) return false;
    if (entry.place === 'gated' && entry.refusedBy.has(plugin)) return true;
    this.#gated.delete(entry);
    this.#unschedulable.delete(entry);
    entry.refusedBy = new Set([plugin]);
    this.#move(entry, 'gated', why);
    return true;
  }

  #move(entry: Entry, place: Place, why: MoveReason): void {
    if (place !== 'inFlight') this.#options.onMove?.(place, why);
    if (entry.place === 'unschedulable') this.#unschedulable.delete(entry);
    else if (entry.place === 'gated') this.#gated.delete(entry);
    entry.place = place;
    if (place === 'unschedulable') this.#unschedulable.add(entry);
    else if (place === 'gated') this.#gated.add(entry);
    entry.ticket++;
    entry.since = this.#options.now();
  }
}

function isDueBefore(a: Ticket, b: Ticket): boolean {
  return (a.at - b.at || a.order - b.order) < 0;
}

/** The first that is still where the heap has it. */
function peekCurrent(heap: Heap<Ticket>): Ticket | undefined {
  for (let next = heap.peek(); next !== undefined; next = heap.peek()) {
    if (next.ticket === next.entry.ticket) return next;
    heap.pop();
  }
  return undefined;
}

function popCurrent(heap: Heap<Ticket>): Entry | undefined {
  const next = peekCurrent(heap);
  if (next !== undefined) heap.pop();
  return next?.entry;
}

/** Pods that wait for a change, those apart that different plugins refused: most changes can help none of most. */
class Refusals {
  readonly #groups = new Map<string, Set<Entry>>();

  add(entry: Entry): void {
    const key = groupOf(entry);
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, new Set([entry]));
    else group.add(entry);
  }

  delete(entry: Entry): void {
    const key = groupOf(entry);
    const group = this.#groups.get(key);
    group?.delete(entry);
    if (group?.size === 0) this.#groups.delete(key);
  }

  select(mayHold: (refusedBy: ReadonlySet<string>) => boolean, holds: (entry: Entry) => boolean): readonly Entry[] {
    const selected: Entry[] = [];
    for (const group of this.#groups.values()) {
      const [first] = group;
      if (first === undefined || !mayHold(first.refusedBy)) continue;
      for (const entry of group) if (holds(entry)) selected.push(entry);
    }
    return selected;
  }
}

function groupOf({ refusedBy }: Entry): string {
  return [...refusedBy].join();
}
