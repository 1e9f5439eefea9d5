/**
 * Answers of the filters that look at nothing but the pod's spec and the node. Pods of one template share them, so that
 * for the second replica these filters cost one look a node. An answer holds until the node changes.
 */
import type { NodeFilter, Plugin, Refusal, Rows } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import type { PodInfo } from './pod-info.ts';

export interface Verdict {
  readonly plugin: string;
  readonly refusal: Refusal;
}

/** Templates that are remembered; the one not used for longest goes first. */
const maxSignatures = 256;

let instances = 0;

export class NodeVerdicts {
  readonly #instance = ++instances;
  readonly #table: NodeTable;
  readonly #plugins: readonly Plugin[];
  readonly #answers = new Map<string, Answers>();

  constructor(table: NodeTable, plugins: readonly Plugin[]) {
    this.#table = table;
    this.#plugins = plugins;
    table.observeNodes((row) => {
      for (const answers of this.#answers.values()) answers.forget(row);
    });
  }

  /** Of all plugins about such a pod. */
  of(pod: PodInfo): Answers {
    const answers = this.#answers.get(pod.nodeSignature) ?? this.#compile(pod);
    this.#answers.delete(pod.nodeSignature);
    this.#answers.set(pod.nodeSignature, answers);
    answers.grow();
    return answers;
  }

  #compile(pod: PodInfo): Answers {
    const oldest = this.#answers.keys().next();
    if (this.#answers.size >= maxSignatures && oldest.done !== true) this.#answers.delete(oldest.value);
    const filters = this.#plugins.flatMap((plugin) => {
      const filter = plugin.nodeFilter?.(pod);
      return filter === undefined ? [] : [{ plugin: plugin.name, filter }];
    });
    return new Answers(`${this.#instance} ${pod.nodeSignature}`, this.#table, filters);
  }
}

const [unknown, taken, refused] = [0, 1, 2];

class Answers {
  /** Equal for pods that get the same answers. */
  readonly key: string;
  readonly #table: NodeTable;
  readonly #filters: readonly { readonly plugin: string; readonly filter: NodeFilter }[];
  readonly #verdicts: (Verdict | undefined)[] = [];
  #known = new Uint8Array(0);

  constructor(
    key: string,
    table: NodeTable,
    filters: readonly { readonly plugin: string; readonly filter: NodeFilter }[],
  ) {
    this.key = key;
    this.#table = table;
    this.#filters = filters;
  }

  /** The first refusal in the order of the plugins. */
  get(row: number): Verdict | undefined {
    if (this.#known[row] === unknown) this.#ask(row);
    return this.#verdicts[row];
  }

  /** Moves the rows that are not refused to the front, in their order; answers how many they are. */
  sift(rows: Rows, count: number, refuse: (row: number, verdict: Verdict) => void): number {
    const known = this.#known;
    let kept = 0;
    for (let at = 0; at < count; at++) {
      const row = rows[at] ?? 0;
      if (known[row] === unknown) this.#ask(row);
      if (known[row] === taken) {
        rows[kept++] = row;
        continue;
      }
      const verdict = this.#verdicts[row];
      if (verdict !== undefined) refuse(row, verdict);
    }
    return kept;
  }

  forget(row: number): void {
    this.#known[row] = unknown;
  }

  /** Makes room for all rows of the table. */
  grow(): void {
    if (this.#known.length >= this.#table.capacity) return;
    const known = new Uint8Array(this.#table.capacity);
    known.set(this.#known);
    this.#known = known;
  }

  #ask(row: number): void {
    const verdict = this.#verdictOf(row);
    this.#verdicts[row] = verdict;
    this.#known[row] = verdict === undefined ? taken : refused;
  }

  #verdictOf(row: number): Verdict | undefined {
    const node = this.#table.node(row);
    if (node === undefined) return undefined;
    for (const { plugin, filter } of this.#filters) {
      const refusal = filter(node);
      if (refusal !== undefined) return { plugin, refusal };
    }
    return undefined;
  }
}
