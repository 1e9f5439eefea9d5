/**
 * A search that found no node, kept for the next pod of the same template: most rows are as they were then, and only those
 * that changed are looked at again. Where many pods wait for room a search costs what changed since the last one.
 */
import type { Refusal, Rows } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import type { Verdict } from './node-verdicts.ts';

/** Of rows that have no node. */
const nobody: Verdict = { plugin: '', refusal: { reasons: [], preemptible: false } };

export class KeptRefusals {
  readonly #live: Rows;
  readonly #verdicts: (Verdict | undefined)[] = [];
  /** Of the rows when they refused, 0 = not asked yet; see NodeTable.versions. */
  readonly #versions: Int32Array;
  /** Changes of the table that were looked at; before the first search none was. */
  #changes = -Infinity;
  readonly #byPlugin = new Map<string, number>();
  /** How many rows gave each refusal. */
  readonly counts = new Map<Refusal, number>();

  constructor({ live, capacity }: NodeTable) {
    this.#live = live;
    this.#versions = new Int32Array(capacity);
  }

  /** Rows that refused. */
  get size(): number {
    return this.#live.length;
  }

  get plugins(): Iterable<string> {
    return this.#byPlugin.keys();
  }

  get(row: number): Refusal | undefined {
    return this.#verdicts[row]?.refusal;
  }

  /** False: the cluster has other rows now, or one of them takes the pod, and all must be searched. */
  stillHold(table: NodeTable, find: (row: number) => Verdict | undefined): boolean {
    const { latest, changes } = table;
    if (table.live !== this.#live || this.#versions.length !== table.capacity) return false;
    if (changes - this.#changes > latest.length) {
      for (let row = 0; row < table.capacity; row++) if (!this.#refuses(table, row, find)) return false;
    } else {
      for (let at = this.#changes; at < changes; at++) {
        if (!this.#refuses(table, latest[at % latest.length] ?? 0, find)) return false;
      }
    }
    this.#changes = changes;
    return true;
  }

  #refuses(table: NodeTable, row: number, find: (row: number) => Verdict | undefined): boolean {
    const version = table.versions[row] ?? 0;
    if (this.#versions[row] === version) return true;
    const verdict = table.node(row) === undefined ? nobody : find(row);
    if (verdict === undefined) return false;
    this.#count(this.#verdicts[row], -1);
    this.#count(verdict, 1);
    this.#verdicts[row] = verdict;
    this.#versions[row] = version;
    return true;
  }

  #count(verdict: Verdict | undefined, by: 1 | -1): void {
    if (verdict === undefined || verdict === nobody) return;
    add(this.counts, verdict.refusal, by);
    add(this.#byPlugin, verdict.plugin, by);
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
