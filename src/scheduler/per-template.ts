/** What is remembered for templates of pods in a cluster; the template that was not used for longest goes first. */
import type { NodeTable } from './node-table.ts';

const maxTemplates = 32;

export class PerTemplate<T> {
  readonly #byTable = new WeakMap<NodeTable, Map<string, T>>();

  get(table: NodeTable, key: string): T | undefined {
    const templates = this.#byTable.get(table);
    const found = templates?.get(key);
    if (templates === undefined || found === undefined) return undefined;
    templates.delete(key);
    templates.set(key, found);
    return found;
  }

  set(table: NodeTable, key: string, value: T): T {
    const templates = this.#byTable.get(table) ?? new Map<string, T>();
    this.#byTable.set(table, templates);
    templates.delete(key);
    templates.set(key, value);
    const oldest = templates.keys().next();
    if (templates.size > maxTemplates && oldest.done !== true) templates.delete(oldest.value);
    return value;
  }

  delete(table: NodeTable, key: string): void {
    this.#byTable.get(table)?.delete(key);
  }
}
