/**
 * What has been found out about a row, kept for the next pod of the same template: as long as the row's node, its pods and
 * whom it was promised to stay the same, so does whatever depends on these alone.
 */
import type { NodeTable } from './node-table.ts';

interface Template<T> {
  readonly values: (T | undefined)[];
  /** Of the rows when the values were found, 0 = never; see NodeTable.versions. */
  versions: Int32Array;
}

/** Templates that are remembered for a cluster; the one not used for longest goes first. */
const maxTemplates = 32;

export class RowMemory<T> {
  readonly #byTable = new WeakMap<NodeTable, Map<string, Template<T>>>();

  /** `find` must leave the row as it was, and find the same for each pod whose key is this one. */
  of(table: NodeTable, key: string, find: (row: number) => T): (row: number) => T {
    const { values, versions } = this.#template(table, key);
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

  #template(table: NodeTable, key: string): Template<T> {
    const templates = this.#byTable.get(table) ?? new Map<string, Template<T>>();
    this.#byTable.set(table, templates);
    const template = templates.get(key) ?? { values: [], versions: new Int32Array(0) };
    if (template.versions.length < table.capacity) {
      const versions = new Int32Array(table.capacity);
      versions.set(template.versions);
      template.versions = versions;
    }
    templates.delete(key);
    templates.set(key, template);
    const oldest = templates.keys().next();
    if (templates.size > maxTemplates && oldest.done !== true) templates.delete(oldest.value);
    return template;
  }
}
