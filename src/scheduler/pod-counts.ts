/**
 * For each row, how many of its pods are of some kind: counters that are kept as pods come and go, so that rules about
 * other pods (spread, affinity) read numbers and never walk pods.
 *
 * A kind is asked for by a key that stands for its predicate. A new one is counted once over all pods. The number of
 * kinds is bounded; the one not asked for longest goes first and is counted anew when it is asked for again.
 */
import type { PodInfo } from './pod-info.ts';

interface Kind {
  readonly matches: (pod: PodInfo) => boolean;
  counts: Int32Array;
}

export type PodsByRow = Iterable<readonly [number, Iterable<PodInfo>]>;

const maxKinds = 512;

export class PodCounts {
  readonly #kinds = new Map<string, Kind>();
  readonly #pods: () => PodsByRow;
  #capacity = 0;

  constructor(pods: () => PodsByRow) {
    this.#pods = pods;
  }

  /** The array is valid until the table grows. */
  of(key: string, matches: (pod: PodInfo) => boolean): Int32Array {
    const kind = this.#kinds.get(key) ?? this.#count(key, matches);
    this.#kinds.delete(key);
    this.#kinds.set(key, kind);
    return kind.counts;
  }

  change(pod: PodInfo, row: number, delta: 1 | -1): void {
    for (const { matches, counts } of this.#kinds.values()) {
      if (matches(pod)) counts[row] = (counts[row] ?? 0) + delta;
    }
  }

  grow(capacity: number): void {
    this.#capacity = capacity;
    for (const kind of this.#kinds.values()) {
      const counts = new Int32Array(capacity);
      counts.set(kind.counts);
      kind.counts = counts;
    }
  }

  /** Something that predicates look at besides pods has changed. */
  clear(): void {
    this.#kinds.clear();
  }

  #count(key: string, matches: (pod: PodInfo) => boolean): Kind {
    const oldest = this.#kinds.keys().next();
    if (this.#kinds.size >= maxKinds && oldest.done !== true) this.#kinds.delete(oldest.value);
    const counts = new Int32Array(this.#capacity);
    for (const [row, pods] of this.#pods()) {
      for (const pod of pods) if (matches(pod)) counts[row] = (counts[row] ?? 0) + 1;
    }
    const kind = { matches, counts };
    this.#kinds.set(key, kind);
    return kind;
  }
}
