/**
 * A search that found no node, kept for the next pod of the same template: most rows are as they were then, and only those
 * that changed are looked at again. Where many pods wait for room a search costs one comparison a row.
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
    const seen = this.#versions;
    const { versions } = table;
    if (table.live !== this.#live || seen.length !== table.capacity) return false;
    for (let row = 0; row < seen.length; row++) {
      if (seen[row] === versions[row]) continue;
      const verdict = table.node(row) === undefined ? nobody : find(row);
      if (verdict === undefined) return false;
      this.#count(this.#verdicts[row], -1);
      this.#count(verdict, 1);
      this.#verdicts[row] = verdict;
      seen[row] = versions[row] ?? 0;
    }
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
