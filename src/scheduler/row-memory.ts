/**
 * What has been found out about a row, kept for the next pod of the same template: as long as the row's node, its pods and
 * whom it was promised to stay the same, so does whatever depends on these alone.
 */
import type { NodeTable } from './node-table.ts';
import { PerTemplate } from './per-template.ts';

interface Findings<T> {
  readonly values: (T | undefined)[];
  /** Of the rows when the values were found, 0 = never; see NodeTable.versions. */
  versions: Int32Array;
}

export class RowMemory<T> {
  readonly #findings = new PerTemplate<Findings<T>>();

  /** `find` must leave the row as it was, and find the same for each pod whose key is this one. */
  of(table: NodeTable, key: string, find: (row: number) => T): (row: number) => T {
    const findings =
      this.#findings.get(table, key) ?? this.#findings.set(table, key, { values: [], versions: new Int32Array(0) });
    if (findings.versions.length < table.capacity) {
      const grown = new Int32Array(table.capacity);
      grown.set(findings.versions);
      findings.versions = grown;
    }
    const { values, versions } = findings;
    const current = table.versions;
    return (row) => {
      const version = current[row] ?? 0;
      if (versions[row] === version) return values[row] as T;
      const found = find(row);
      values[row] = found;
      versions[row] = version;
      return found;
    };
  }
}
