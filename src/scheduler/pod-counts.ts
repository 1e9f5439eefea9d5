/**
 * How many pods of some kind are in each topology domain: sums that are kept as pods come and go, so that rules about
 * other pods (spread, affinity) read numbers and never walk pods.
 *
 * A kind is asked for by a key that stands for its predicate. A new one is counted once over all pods. What the sums of
 * all kinds hold is bounded; the kind not asked for longest goes first and is counted anew when it is asked for again.
 */
import { DomainSums } from './domains.ts';
import type { LabelColumn } from './label-column.ts';
import type { PodInfo } from './pod-info.ts';
import { TagIndex } from './pod-tags.ts';

export interface PodKind {
  /** Equal for equal predicates. */
  readonly key: string;
  readonly matches: (pod: PodInfo) => boolean;
  /** Of these each pod that matches has exactly one; see `selectorTags`. Undefined: any pod may match. */
  readonly tags: readonly string[] | undefined;
}

/** Which nodes have a say; see DomainSource. */
export interface Say {
  /** Equal for equal predicates. */
  readonly key: string;
  readonly counts: (row: number) => boolean;
}

interface Counted extends PodKind {
  readonly sums: Map<string, DomainSums>;
}

export interface PodPlaces {
  pods(row: number): ReadonlyMap<string, PodInfo>;
  labelColumn(key: string): LabelColumn;
  /** Rows that have a node. */
  readonly live: Int32Array;
}

/** Numbers of four bytes that the sums of all kinds may hold: 64 MiB. */
const maxFootprint = 2 ** 24;
/** More than one decision asks for: those it has asked for stay while it is made. */
const minKinds = 64;

export class PodCounts {
  readonly #places: PodPlaces;
  readonly #kinds = new Map<string, Counted>();
  readonly #index = new TagIndex<Counted>();

  constructor(places: PodPlaces) {
    this.#places = places;
  }

  /** Sums that change as the cluster does; they hold for one decision, as rarely used ones are given up between. */
  of(kind: PodKind, topologyKey: string, say?: Say): DomainSums {
    const counted = this.#kinds.get(kind.key) ?? this.#add(kind);
    this.#kinds.delete(kind.key);
    this.#kinds.set(kind.key, counted);
    const key = say === undefined ? topologyKey : `${topologyKey} ${say.key}`;
    let sums = counted.sums.get(key);
    if (sums === undefined) {
      const countOn = (row: number): number => count(this.#places.pods(row), kind.matches);
      const column = this.#places.labelColumn(topologyKey);
      sums = new DomainSums({ column, countOn, counts: say?.counts }, this.#places.live);
      counted.sums.set(key, sums);
      this.#shrink();
    }
    return sums;
  }

  /** A pod came to the row (1) or left it (-1). */
  change(pod: PodInfo, row: number, delta: 1 | -1): void {
    this.#index.visit(pod.tags, ({ matches, sums }) => {
      if (matches(pod)) for (const each of sums.values()) each.add(row, delta);
    });
  }

  /** The node of the row is about to change. */
  leave(row: number): void {
    for (const { sums } of this.#kinds.values()) for (const each of sums.values()) each.leave(row);
  }

  /** The node of the row has changed. */
  enter(row: number): void {
    for (const { sums } of this.#kinds.values()) for (const each of sums.values()) each.enter(row);
  }

  /** Something that predicates look at besides pods has changed. */
  clear(): void {
    for (const kind of this.#kinds.values()) this.#remove(kind);
  }

  #add(kind: PodKind): Counted {
    const counted = { ...kind, sums: new Map<string, DomainSums>() };
    this.#kinds.set(kind.key, counted);
    this.#index.add(counted, kind.tags);
    return counted;
  }

  #remove(kind: Counted): void {
    this.#kinds.delete(kind.key);
    this.#index.delete(kind, kind.tags);
  }

  #shrink(): void {
    let held = 0;
    for (const { sums } of this.#kinds.values()) for (const each of sums.values()) held += each.footprint;
    for (const kind of this.#kinds.values()) {
      if (held <= maxFootprint || this.#kinds.size <= minKinds) return;
      for (const each of kind.sums.values()) held -= each.footprint;
      this.#remove(kind);
    }
  }
}

function count(pods: ReadonlyMap<string, PodInfo>, matches: (pod: PodInfo) => boolean): number {
  let sum = 0;
  for (const pod of pods.values()) if (matches(pod)) sum++;
  return sum;
}
